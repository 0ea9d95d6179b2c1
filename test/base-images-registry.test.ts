import fs from "node:fs";
import path from "node:path";
import { isOciBuildError, parseDigest } from "@oci-build/oci";
import { type BuildEvent, type BuildOptions, type BuildResult, build } from "oci-build";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCache } from "../packages/cache/src/index.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { type LoggedRequest, requestLines } from "./support/registry/access-log.js";
import { busyboxLayout } from "./support/registry/busybox-image.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "./support/registry/registry-server.js";
import { skopeoCopy } from "./support/registry/skopeo.js";
import { runTool } from "./support/tools.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox");
const folder = temporaryFolder();
let registry: RegistryServer;

describe.skipIf(obstacle !== undefined)(unlessObstacle("a base image of a registry", obstacle), () => {
  beforeAll(async () => {
    registry = await startRegistry();
    const layout = busyboxLayout();
    for (const tag of ["all", "two-layers"] as const) {
      await skopeoCopy(layout.image(tag), `docker://${registry.name}/base:${tag}`, { args: ["--all"] });
    }
    const docker = `docker://${registry.name}/docker:1`;
    await skopeoCopy(layout.image("two-layers"), docker, { args: ["--format", "v2s2"] });
    writeFiles(folder, { "context/a.txt": "a" });
    await registry.newRequests();
  }, 60_000);
  afterAll(() => registry.stop());

  it("is asked for its tag alone when nothing of it is needed that an earlier build has seen", async () => {
    const cacheDir = path.join(folder, "lazy");
    const lines = [`FROM ${registry.name}/base:two-layers`, "COPY --link --chown=7:7 a.txt /l/"];
    await built(lines, { cacheDir });
    expect(await requested()).toEqual([
      "HEAD base/manifests/two-layers 200",
      "GET base/manifests/DIGEST 200",
      "GET base/blobs/DIGEST 200",
    ]);
    await built(lines, { cacheDir });
    expect(await requested()).toEqual(["HEAD base/manifests/two-layers 200"]);
  });

  it("has its layers fetched once, for whatever needs them", async () => {
    const cacheDir = path.join(folder, "once");
    const lines = [`FROM ${registry.name}/base:two-layers`, "COPY --chown=app a.txt /tmp/"];
    const { result } = await built(lines, { cacheDir });
    expect(await blobReads()).toBe(3);
    const again = await built(lines, { cacheDir });
    expect(again.result.digest).toBe(result.digest);
    const dest = path.join(folder, "once.tar");
    await built([...lines, `COPY --from=${registry.name}/base:two-layers /etc/motd /m`], {
      cacheDir,
      output: { type: "oci", dest },
    });
    expect(await blobReads()).toBe(0);
    const root = runTool("skopeo", ["inspect", `oci-archive:${dest}`]);
    expect(JSON.parse(root)).toMatchObject({ Architecture: "amd64", Labels: { base: "busybox" } });
  });

  it("is looked up and told of once, whatever names it has", async () => {
    const told: string[] = [];
    const name = `${registry.name}/base:two-layers`;
    await registry.newRequests();
    await built([`FROM b`, `COPY --from=${name} /etc/motd /m`, "COPY --from=c /etc/motd /n"], {
      buildContexts: { b: `docker-image://${name}`, c: `docker-image://${name}` },
      cacheDir: path.join(folder, "names"),
      onEvent: (event) => {
        if (event.type === "image.resolving") told.push(event.image.name);
      },
    });
    expect(told).toEqual([name]);
    expect((await requested()).filter((line) => line.includes("manifests"))).toHaveLength(2);
  });

  it("is not asked for at all by a digest that the store has", async () => {
    const cacheDir = path.join(folder, "digest");
    const { result } = await built([`FROM ${registry.name}/base:all`, "LABEL a=b"], { cacheDir });
    const pinned = `${registry.name}/base:all@${pinnedDigest("all")}`;
    await requested();
    const again = await built([`FROM ${pinned}`, "LABEL a=b"], { cacheDir });
    expect(await requested()).toEqual([]);
    expect(again.result.digest).toBe(result.digest);
  });

  it("fetches a layer again that is gone or damaged", async () => {
    const cacheDir = path.join(folder, "damaged");
    const lines = [`FROM ${registry.name}/base:two-layers`, "COPY a.txt /tmp/"];
    const output = (name: string) => ({ type: "oci", dest: path.join(folder, name) }) as const;
    const first = await built(lines, { cacheDir, output: output("1.tar") });
    const blobs = path.join(cacheDir, "v1/blobs/sha256");
    const [gone = "", damaged = ""] = layersOf(path.join(folder, "1.tar"));
    fs.rmSync(path.join(blobs, gone));
    damage(path.join(blobs, damaged));
    const second = await built(lines, { cacheDir, output: output("2.tar") });
    expect(second.result.digest).toBe(first.result.digest);
    const [, again = ""] = layersOf(path.join(folder, "2.tar"));
    damage(path.join(blobs, again));
    fs.rmSync(path.join(cacheDir, "v1/trees"), { recursive: true });
    fs.mkdirSync(path.join(cacheDir, "v1/trees"));
    const third = await built(lines, { cacheDir, output: output("3.tar") });
    expect(layersOf(path.join(folder, "3.tar")).slice(0, 2)).toEqual([gone, damaged]);
    expect(third.result.steps.map(({ status }) => status)).toEqual(["executed"]);
    expect(
      fs.readFileSync(path.join(folder, "2.tar")).equals(fs.readFileSync(path.join(folder, "1.tar"))),
    ).toBe(true);
  });

  it("keeps what the last build of a project used from a prune, and gives the rest back", async () => {
    const cacheDir = path.join(folder, "pruned");
    const options = {
      cacheDir,
      dockerfile: { text: `FROM ${registry.name}/base:two-layers\nCOPY a.txt /tmp/\n` },
    };
    await built([], options);
    const cache = await openCache({ dir: cacheDir, now: () => Date.now() + 7_200_000 });
    expect((await cache.prune({ scope: "dangling" })).records).toEqual([]);
    await registry.newRequests();
    await built([], options);
    expect(await requested()).toEqual(["HEAD base/manifests/two-layers 200"]);
    const { records } = await cache.usage();
    expect(records.map(({ stepName }) => stepName.replace(/@.*/, "")).sort()).toEqual([
      `FROM ${registry.name}/base:two-layers`,
      "[2/2] COPY a.txt /tmp/",
    ]);
    const later = await openCache({ dir: cacheDir, now: () => Date.now() + 14_400_000 });
    await later.prune({ scope: "all" });
    expect((await later.usage()).kinds).toMatchObject({ blobs: { count: 0 }, trees: { count: 0 } });
  });

  it("is taken from the local store when it has the name there, unless it is to be pulled", async () => {
    const cacheDir = path.join(folder, "local");
    const dockerfile = { text: `FROM ${registry.name}/base:local\nCOPY a.txt /tmp/\n` };
    await built([`FROM ${registry.name}/base:two-layers`], {
      cacheDir,
      output: { type: "oci", dest: path.join(folder, "local.tar") },
    });
    const cache = await openCache({ dir: cacheDir });
    const digest = parseDigest(pinnedDigest("two-layers"));
    const size = (await cache.blobs.size(digest)) ?? 0;
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    await cache.tagImage(`${registry.name}/base:local`, { mediaType, digest, size });
    await registry.newRequests();
    await built([], { cacheDir, dockerfile });
    expect(await requested()).toEqual([]);
    await expect(built([], { cacheDir, dockerfile, pull: true })).rejects.toMatchObject({
      code: "REGISTRY_MANIFEST_MISSING",
    });
    fs.rmSync(path.join(cacheDir, "v1/blobs/sha256", digest.slice("sha256:".length)));
    await expect(built([], { cacheDir, dockerfile })).rejects.toMatchObject({
      code: "REGISTRY_MANIFEST_MISSING",
    });
  });

  it("becomes an OCI image, whatever Docker called its layers", async () => {
    const dest = path.join(folder, "docker.tar");
    await built([`FROM ${registry.name}/docker:1`], { output: { type: "oci", dest } });
    const manifest = JSON.parse(runTool("skopeo", ["inspect", "--raw", `oci-archive:${dest}`])) as {
      layers: { mediaType: string }[];
    };
    expect(new Set(manifest.layers.map(({ mediaType }) => mediaType))).toEqual(
      new Set(["application/vnd.oci.image.layer.v1.tar+gzip"]),
    );
  });

  it.each([
    ["linux/arm64", "arm64", "linux/arm64/v8"],
    ["linux/arm/v7", "arm", "linux/arm/v7"],
    ["linux/arm/v6", "arm", "linux/arm/v6"],
  ])("is that of the platform %s", async (platform, architecture, label) => {
    const dest = path.join(folder, "platform.tar");
    await built([`FROM ${registry.name}/base:all`], { platform, output: { type: "oci", dest } });
    expect(JSON.parse(runTool("skopeo", ["inspect", "--config", `oci-archive:${dest}`]))).toMatchObject({
      architecture,
      config: { Labels: { platform: label } },
    });
  });

  it("is warned of when it is for another platform", async () => {
    const warned: string[] = [];
    const onEvent = (event: BuildEvent): void => {
      if (event.type === "warning") warned.push(`${event.place?.span.start.line} ${event.code}`);
    };
    await built([`FROM ${registry.name}/base:two-layers`], { platform: "linux/arm64", onEvent });
    expect(warned).toEqual(["1 InvalidBaseImagePlatform"]);
  });

  it.each<[string, string, string]>([
    ["a tag that is not there", "base:none", "REGISTRY_MANIFEST_MISSING"],
    ["a repository that is not there", "nothing", "REGISTRY_MANIFEST_MISSING"],
    ["a name that is none", "Upper", "REGISTRY_REFERENCE_INVALID"],
  ])("tells of %s where FROM stands", async (_, name, code) => {
    const failing = built(["ARG A", `FROM ${registry.name}/${name}`]);
    const error = await failing.then(
      () => expect.unreachable(),
      (reason: unknown) => reason,
    );
    if (!isOciBuildError(error)) throw error;
    expect(error.code).toBe(code);
    expect(error.data).toMatchObject({ place: { span: { start: { line: 2 } } } });
  });
});

async function built(
  lines: readonly string[],
  options: Partial<BuildOptions> = {},
): Promise<{ readonly result: BuildResult }> {
  const result = await build({
    context: path.join(folder, "context"),
    dockerfile: { text: `${lines.join("\n")}\n` },
    cacheDir: path.join(folder, "cache"),
    platform: "linux/amd64",
    output: { type: "none" },
    env: {},
    ...options,
  });
  return { result };
}

/** The requests since the last call, but for the first look at the registry. */
async function requested(): Promise<readonly string[]> {
  const asked = (await registry.newRequests()).filter(({ path: asked }) => asked !== "/v2/");
  return requestLines(asked).map((line) => line.replace("/v2/", ""));
}

async function blobReads(): Promise<number> {
  const isBlob = ({ method, path: asked }: LoggedRequest): boolean =>
    method === "GET" && asked.includes("/blobs/");
  return (await registry.newRequests()).filter(isBlob).length;
}

function pinnedDigest(tag: string): string {
  const image = `docker://${registry.name}/base:${tag}`;
  return runTool("skopeo", ["inspect", "--tls-verify=false", "--format", "{{.Digest}}", image]).trim();
}

/** Changes a byte in the middle. */
function damage(file: string): void {
  const bytes = fs.readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  fs.writeFileSync(file, bytes);
}

function layersOf(file: string): readonly string[] {
  const manifest = JSON.parse(runTool("skopeo", ["inspect", "--raw", `oci-archive:${file}`])) as {
    layers: { digest: string }[];
  };
  return manifest.layers.map(({ digest }) => digest.slice("sha256:".length));
}
