import { type ChildProcess, execFile } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "./support/build-folder.js";
import { readRawImage } from "./support/read-raw-image.js";
import { debianObstacle } from "./support/registry/debian-image.js";
import { type DebianRegistry, debianRegistry } from "./support/registry/debian-registry.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";
import { type CommandResult, runOciBuild } from "./support/run-command.js";

const example = fileURLToPath(new URL("../examples/node-service", import.meta.url));
const MINUTE_MS = 60_000;
const run = promisify(execFile);

const obstacle =
  process.platform !== "linux" || process.arch !== "x64"
    ? "the example's Node is for Linux on x64"
    : (toolObstacle("docker-registry", "skopeo") ?? debianObstacle());

/** The host's settings of npm and its certificates, if it has any of its own: the build gets them as secrets. */
function hostSecrets(): readonly string[] {
  const files = {
    npmrc: path.join(process.env["HOME"] ?? "/", ".npmrc"),
    ca: process.env["NODE_EXTRA_CA_CERTS"],
  };
  return Object.entries(files).flatMap(([id, file]) =>
    file === undefined || !fs.existsSync(file) ? [] : ["--secret", `id=${id},src=${file}`],
  );
}

describe.skipIf(obstacle)(unlessObstacle("examples/node-service on Debian of a registry", obstacle), () => {
  let debian: DebianRegistry;
  let folder: string;
  let problem: string | undefined;

  beforeAll(async () => {
    folder = temporaryFolder();
    const found = await debianRegistry();
    if (typeof found === "string") {
      problem = found;
      return;
    }
    debian = found;
    const npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    await run("npm", npm, { cwd: path.join(example, "toolchain") });
    return () => found.registry.stop();
  }, 2 * MINUTE_MS);

  const options = (): readonly string[] => ["--cache-dir", path.join(folder, "cache")];

  function buildExample(dest: string, ...more: readonly string[]): Promise<CommandResult> {
    const base = ["--build-arg", `BASE=${debian.reference}`];
    const args = [
      "build",
      ...options(),
      ...base,
      ...hostSecrets(),
      "-o",
      `type=oci,dest=${dest}`,
      "-t",
      "node-service",
    ];
    return runOciBuild([...args, ...more, example], { cwd: folder });
  }

  it("is built, is cached, and answers when it is run", { timeout: 5 * MINUTE_MS }, async ({ skip }) => {
    skip(problem !== undefined, problem);
    const first = path.join(folder, "first.tar");
    const cold = await buildExample(first);
    expect(cold).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining("npm ci"),
      stdout: expect.anything(),
    });

    const again = path.join(folder, "again.tar");
    const warm = await buildExample(again, "--fail-on-cache-miss");
    expect(warm).toEqual({
      exitCode: 0,
      stderr: expect.any(String),
      stdout: cold.stdout.replace(first, again),
    });
    expect(fs.readFileSync(again).equals(fs.readFileSync(first))).toBe(true);

    const { config } = await readRawImage(first);
    expect(config).toMatchObject({ config: { User: "service", Cmd: ["dist/server.js"] } });
    expect(JSON.stringify(config)).not.toContain("certs");

    await using service = await startService(first);
    expect(await (await fetch(`${service.url}/hello/world`)).json()).toEqual({ message: "Moin, world" });
    expect(await (await fetch(`${service.url}/healthz`)).json()).toMatchObject({ status: "ok", uid: 999 });
  });

  /** Runs the image on a free port of the host's network. */
  async function startService(image: string): Promise<AsyncDisposable & { readonly url: string }> {
    let child: ChildProcess | undefined;
    const args = ["run", ...options(), "-e", "PORT=0", "-e", "GREETING=Moin", `oci-archive:${image}`];
    const ended = runOciBuild(args, { cwd: folder, onStart: (started) => (child = started) });
    if (child?.stdout == null) throw new Error("the command was not started");
    const line = once(createInterface(child.stdout), "line", { signal: AbortSignal.timeout(30_000) });
    const early = ended.then(({ stderr, exitCode }) => {
      throw new Error(`ended with ${exitCode}: ${stderr}`);
    });
    const [text] = (await Promise.race([line, early])) as [string];
    early.catch(() => undefined);
    return {
      url: (JSON.parse(text) as { readonly address: string }).address,
      async [Symbol.asyncDispose]() {
        child?.kill("SIGTERM");
        await ended;
      },
    };
  }
});
