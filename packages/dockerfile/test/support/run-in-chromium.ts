import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--dump-dom",
];

const timeoutMs = 60_000;
const outputMaxBytes = 64 * 1024 * 1024;

/** Why no browser can run, undefined when one can. */
export function whyNoChromium(): string | undefined {
  const version = spawnSync("chromium", ["--version"], { encoding: "utf8" });
  return version.status === 0 ? undefined : "needs chromium, which is not installed";
}

/** Runs a script, which is an expression of JSON-safe data, in a page of its own and gives the data. An error in the
 * page is the text that it gives. */
export async function runInChromium(script: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "oci-build-browser-"));
  try {
    const page = join(folder, "page.html");
    await writeFile(page, pageOf(script));
    const { stdout } = await promisify(execFile)(
      "chromium",
      [...flags, `--user-data-dir=${join(folder, "profile")}`, pathToFileURL(page).href],
      { timeout: timeoutMs, maxBuffer: outputMaxBytes },
    );
    const output = /<pre>([^<]*)<\/pre>/.exec(stdout)?.[1] ?? "";
    return JSON.parse(decodeURIComponent(output)) as unknown;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The output is encoded so that nothing in it is HTML. */
function pageOf(script: string): string {
  const code = `
const show = (value) => { document.querySelector("pre").textContent = encodeURIComponent(JSON.stringify(value)); };
addEventListener("error", (event) => show(String(event.message)));
show(${script});`;
  return `<!doctype html><meta charset="utf-8"><pre></pre><script>${code.replaceAll("</script", "<\\/script")}</script>`;
}
