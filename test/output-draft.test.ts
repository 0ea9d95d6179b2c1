import fs from "node:fs";
import path from "node:path";
import { type BuildOptions, type BuildResult, build } from "oci-build";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./support/build-folder.js";

/** Outputs from 64 MiB on are drafted while the context is scanned. */
const folder = temporaryFolder();
const context = path.join(folder, "app");
const cacheDir = path.join(folder, "cache");
const out = path.join(folder, "out");
const dest = path.join(out, "app.tar");
const fileBytes = 65 * 1024 * 1024;

/** Builds, and tells whether an output was begun before the context was scanned. */
async function run(options: BuildOptions = {}): Promise<BuildResult & { readonly drafts: number }> {
  let drafts = 0;
  const result = await build({
    ...{
      context,
      cacheDir,
      sourceDateEpoch: 1,
      compression: { type: "uncompressed" },
      output: { type: "oci", dest },
    },
    dockerfile: { text: "FROM scratch\nCOPY . /app/\n" },
    onEvent: (event) => {
      if (event.type === "context.started") drafts += asides().length;
    },
    ...options,
  });
  return { ...result, drafts };
}

const asides = (): string[] => fs.readdirSync(out).filter((name) => name !== "app.tar");

describe.sequential("the draft of a large output", () => {
  it("gives an output that was removed its bytes again", async () => {
    fs.mkdirSync(context);
    fs.mkdirSync(out);
    fs.writeFileSync(path.join(context, "large"), Buffer.alloc(fileBytes, "words and "));
    const { digest, drafts } = await run();
    expect(drafts).toBe(0);
    const bytes = fs.readFileSync(dest);
    fs.rmSync(dest);
    expect(await run()).toMatchObject({ digest, drafts: 1, outputs: [{ outcome: "written" }] });
    expect(fs.readFileSync(dest).equals(bytes)).toBe(true);
    expect(asides()).toEqual([]);
  });

  it("is thrown away when a file has changed", async () => {
    fs.rmSync(dest);
    fs.writeFileSync(path.join(context, "more"), "new");
    const { drafts, steps } = await run();
    expect([drafts, steps[0]?.status]).toEqual([1, "executed"]);
    expect(asides()).toEqual([]);
    const bytes = fs.readFileSync(dest);
    fs.rmSync(dest);
    await run({ cacheDir: path.join(folder, "other") });
    expect(fs.statSync(dest).size).toBe(bytes.length);
  });

  it("is thrown away when the build is stopped", async () => {
    fs.rmSync(dest);
    const stop = new AbortController();
    const running = run({
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "context.scanned") stop.abort(new Error("stopped"));
      },
    });
    await expect(running).rejects.toThrow("stopped");
    expect(fs.readdirSync(out)).toEqual([]);
  });

  it("lets no flipped bit out: the layer is made anew", async () => {
    const { digest } = await run();
    const bytes = fs.readFileSync(dest);
    fs.rmSync(dest);
    const blobs = path.join(cacheDir, "v1/blobs/sha256");
    for (const name of fs.readdirSync(blobs)) {
      if (fs.statSync(path.join(blobs, name)).size < fileBytes) continue;
      const handle = fs.openSync(path.join(blobs, name), "r+");
      fs.writeSync(handle, "!", fileBytes / 2);
      fs.closeSync(handle);
    }
    expect((await run()).digest).toBe(digest);
    expect(fs.readFileSync(dest).equals(bytes)).toBe(true);
    expect(asides()).toEqual([]);
  });
});
