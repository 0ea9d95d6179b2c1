import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { hasPeakMemory, peakMemory } from "./support/peak-memory.js";
import { isBlobRead, type LoggedRequest, WRITES } from "./support/registry/access-log.js";
import { type FaultyFront, startFaultyFront } from "./support/registry/faulty-front.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "./support/registry/registry-server.js";
import { skopeo } from "./support/registry/skopeo.js";
import { type CommandResult, runOciBuild } from "./support/run-command.js";

const isFull = process.env["OCI_BUILD_TEST_SIZE"] === "full";
const MIB = 1024 * 1024;
const MINUTE_MS = 60_000;
const obstacle = toolObstacle("docker-registry", "skopeo");
const folder = temporaryFolder();
let registry: RegistryServer;
/** Stands before it, and counts the bytes. */
let front: FaultyFront;

describe.skipIf(obstacle !== undefined)(unlessObstacle("the work of a push", obstacle), () => {
  beforeAll(async () => {
    registry = await startRegistry();
    front = await startFaultyFront(registry.url);
  }, MINUTE_MS);
  afterAll(async () => {
    await front[Symbol.asyncDispose]();
    await registry.stop();
    // In the full size there is more of it than the common hook has time for.
    fs.rmSync(folder, { recursive: true });
  }, MINUTE_MS);

  it(
    "is the new layer, the config and the manifest after one changed file, and a question when nothing changed",
    async () => {
      const context = path.join(folder, "project");
      writeProject(context, isFull ? 69_000 : 3_000);
      const name = `${front.name}/project:1`;
      await pushed(name, context);
      const before = (await manifestOf(name)).layers;

      fs.appendFileSync(path.join(context, "src/app.js"), "changed();\n");
      await registry.newRequests();
      const sentBefore = sentBytes();
      await pushed(name, context);
      const { layers, config, size } = await manifestOf(name);
      const known = new Set(before.map(({ digest }) => digest));
      const fresh = layers.filter(({ digest }) => !known.has(digest));
      expect([layers.length, fresh.length]).toEqual([4, 1]);
      expect(sentBytes() - sentBefore).toBe((fresh[0]?.size ?? 0) + config.size + size);
      const asked = await registry.newRequests();
      expect(asked.filter(isBlobRead)).toEqual([]);
      expect(writesOf(asked)).toEqual(["POST blob", "POST blob", "PUT blob", "PUT blob", "PUT manifest"]);

      await pushed(name, context);
      const again = await registry.newRequests();
      expect(again.filter((request) => WRITES.has(request.method) || isBlobRead(request))).toEqual([]);
    },
    isFull ? 10 * MINUTE_MS : 2 * MINUTE_MS,
  );

  it.skipIf(!hasPeakMemory)(
    "and of a pull takes the same memory, however large a layer is (skipped without /proc)",
    async () => {
      const [small, large] = [
        await transferPeaks("small", 1),
        await transferPeaks("large", isFull ? 500 : 64),
      ];
      for (const verb of ["push", "pull"] as const) {
        expect(large[verb] - small[verb], verb).toBeLessThan(60 * MIB);
        expect(large[verb], verb).toBeLessThan(200 * MIB);
      }
    },
    isFull ? 10 * MINUTE_MS : 2 * MINUTE_MS,
  );
});

/** As many small files as a project with its dependencies has, and one of its own. */
function writeProject(context: string, files: number): void {
  const packages = Array.from({ length: files / 100 }, (_, at) => `node_modules/p${at}`);
  const entries = packages.flatMap((folder) =>
    Array.from({ length: 100 }, (_, at): [string, string] => [
      `${folder}/f${at}.js`,
      `exports.name = "${folder}/${at}";\n`,
    ]),
  );
  writeFiles(context, {
    ...Object.fromEntries(entries),
    "package.json": "{}\n",
    "src/app.js": "run();\n",
    Dockerfile: [
      "FROM scratch",
      "WORKDIR /app",
      "COPY package.json ./",
      "COPY node_modules ./node_modules",
      "COPY src ./src",
      "",
    ].join("\n"),
  });
}

async function pushed(name: string, context: string): Promise<void> {
  const result = await command("project", ["--push", "-q", "-t", name, "."], context);
  expect(result).toMatchObject({ exitCode: 0, stderr: "" });
}

function command(cache: string, args: readonly string[], cwd: string): Promise<CommandResult> {
  return runOciBuild(args, { cwd, env: environment(cache) });
}

function environment(cache: string): Readonly<Record<string, string>> {
  return { HOME: folder, OCI_BUILD_CACHE_DIR: path.join(folder, `cache-${cache}`) };
}

interface Sized {
  readonly digest: string;
  readonly size: number;
}

/** `size` is the manifest's own. */
async function manifestOf(
  name: string,
): Promise<{ readonly layers: readonly Sized[]; readonly config: Sized; readonly size: number }> {
  const text = await skopeo("inspect", "--raw", "--tls-verify=false", `docker://${name}`);
  const { layers, config } = JSON.parse(text) as { layers: readonly Sized[]; config: Sized };
  return { layers, config, size: Buffer.byteLength(text) };
}

/** Of all bodies that were sent to the registry. */
function sentBytes(): number {
  return front.exchanges.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
}

function writesOf(requests: readonly LoggedRequest[]): readonly string[] {
  return requests
    .filter(({ method }) => WRITES.has(method))
    .map(({ method, path: asked }) => `${method} ${asked.includes("/manifests/") ? "manifest" : "blob"}`)
    .sort();
}

/** The most memory that a push and a pull of a layer of some size take, in bytes. */
async function transferPeaks(
  name: string,
  mebibytes: number,
): Promise<{ readonly push: number; readonly pull: number }> {
  const context = path.join(folder, name);
  writeFiles(context, { Dockerfile: "FROM scratch\nCOPY data /\n", data: "" });
  for (let at = 0; at < mebibytes; at++) fs.appendFileSync(path.join(context, "data"), randomBytes(MIB));
  const image = `${registry.name}/${name}:1`;
  const built = await command(name, ["-q", "-o", `type=image,name=${image}`, "."], context);
  expect(built).toMatchObject({ exitCode: 0, stderr: "" });
  const peaks: Record<"pull" | "push", number> = { push: 0, pull: 0 };
  for (const verb of ["push", "pull"] as const) {
    const env = environment(verb === "push" ? name : `${name}-pulled`);
    const { exitCode, stderr, peakBytes } = await peakMemory([verb, "-q", image], {
      cwd: context,
      folder,
      env,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    peaks[verb] = peakBytes;
  }
  return peaks;
}
