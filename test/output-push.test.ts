import fs from "node:fs";
import path from "node:path";
import type { Digest } from "@oci-build/oci";
import { type BuildEvent, type BuildOptions, type BuildOutput, type BuildResult, build } from "oci-build";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { isBlobRead, requestLines, WRITES } from "./support/registry/access-log.js";
import { busyboxLayout } from "./support/registry/busybox-image.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "./support/registry/registry-server.js";
import { skopeo, skopeoCopy, skopeoDigests } from "./support/registry/skopeo.js";
import { runOciBuild } from "./support/run-command.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox", "htpasswd");
const folder = temporaryFolder();
const context = path.join(folder, "context");
let registry: RegistryServer;
let other: RegistryServer;
let locked: RegistryServer;
let count = 0;

describe.skipIf(obstacle !== undefined)(unlessObstacle("a push of what was built", obstacle), () => {
  beforeAll(async () => {
    [registry, other, locked] = await Promise.all([
      startRegistry(),
      startRegistry(),
      startRegistry({ users: { me: "a secret word" } }),
    ]);
    const base = busyboxLayout().image("two-layers");
    await skopeoCopy(base, `docker://${registry.name}/base:1`);
  }, 60_000);
  afterAll(() => Promise.all([registry, other, locked].map((server) => server.stop())));
  beforeEach(() => {
    count += 1;
    fs.rmSync(context, { recursive: true, force: true });
    writeFiles(context, { "a.txt": "a", "b/large": Buffer.alloc(300_000, count) });
  });

  it("mounts the base's layers where the registry has them, and downloads none", async () => {
    const names = [fresh(registry), fresh(registry)];
    const { result } = await pushed(names);
    const [first = "", second = ""] = names;
    const asked = await registry.newRequests();
    expect(asked.filter(isBlobRead).map(repositoryOf)).toEqual(["base"]);
    const mounts = requestLines(asked).filter((line) => line.includes("?mount"));
    expect(mounts).toEqual([
      ...Array<string>(2).fill(`POST /v2/${repository(first)}/blobs/uploads/?mount 201`),
      ...Array<string>(4).fill(`POST /v2/${repository(second)}/blobs/uploads/?mount 201`),
    ]);
    for (const name of names) {
      expect(await skopeoDigests(`docker://${name}`)).toContain(result.digest);
    }
  });

  it("streams the base's layers to another registry, and keeps them nowhere", async () => {
    const name = fresh(other);
    const { result, cacheDir } = await pushed([name]);
    expect((await registry.newRequests()).filter(isBlobRead)).toHaveLength(3);
    const layers = await layersOf(name);
    expect(layers).toHaveLength(3);
    expect(layers.filter((digest) => isStored(cacheDir, digest))).toHaveLength(1);
    expect(await skopeoDigests(`docker://${name}`)).toContain(result.digest);
  });

  it("asks for the tag alone when nothing has changed", async () => {
    const names = [`${fresh(other)}:1`];
    const cacheDir = path.join(folder, `cache${count}`);
    const first = await pushed(names, { cacheDir });
    await other.newRequests();
    const again = await pushed(names, { cacheDir });
    expect(again.result.digest).toBe(first.result.digest);
    expect(again.result.outputs).toEqual([{ kind: "push", names, bytesSent: 0, outcome: "unchanged" }]);
    const asked = await other.newRequests();
    expect(asked.filter((request) => WRITES.has(request.method) || isBlobRead(request))).toEqual([]);
    expect(requestLines(asked).filter((line) => !line.startsWith("GET /v2/ "))).toEqual([
      `HEAD /v2/${repository(names[0] ?? "")}/manifests/1 200`,
    ]);
  });

  it("sends the new layer, the config and the manifest after one changed file", async () => {
    const name = fresh(other);
    const cacheDir = path.join(folder, `cache${count}`);
    const lines = [`FROM ${registry.name}/base:1`, "COPY --link b /b/", "COPY --link a.txt /l/"];
    await pushed([name], { cacheDir }, lines);
    await other.newRequests();
    fs.writeFileSync(path.join(context, "a.txt"), "changed");
    const { result, events } = await pushed([name], { cacheDir }, lines);
    const layer = result.steps.at(-1)?.layer;
    const manifest = await skopeo("inspect", "--raw", "--tls-verify=false", `docker://${name}`);
    const { config } = JSON.parse(manifest) as { config: { size: number } };
    const bytesSent = (layer?.size ?? 0) + config.size + Buffer.byteLength(manifest);
    expect(result.outputs).toMatchObject([{ kind: "push", bytesSent, outcome: "written" }]);
    const asked = (await other.newRequests()).filter(({ path }) => !path.startsWith("/v2/?"));
    const puts = asked.filter(({ method }) => method === "PUT" || method === "PATCH");
    const isOf = (what: string) => (request: { path: string }) => request.path.includes(what);
    expect(puts.filter(isOf("/blobs/uploads/"))).toHaveLength(2);
    expect(puts.filter(isOf("/manifests/"))).toHaveLength(1);
    expect(events.find(({ type }) => type === "output.finished")).toMatchObject({
      action: "push",
      size: bytesSent,
      blobs: { uploaded: 2, mounted: 0, present: 3 },
    });
  });

  it("gives one image several tags in one repository, sending it once", async () => {
    const name = fresh(other);
    const names = [`${name}:1`, `${name}:latest`, `${name}:1`];
    const { result } = await pushed(names);
    expect(result.names).toEqual([`${name}:1`, `${name}:latest`]);
    const puts = (await other.newRequests()).filter(({ method }) => method === "PUT");
    expect(puts.filter(({ path }) => path.includes("/manifests/"))).toHaveLength(2);
    for (const tag of ["1", "latest"]) {
      expect(await skopeoDigests(`docker://${name}:${tag}`)).toContain(result.digest);
    }
  });

  it("gives no tag to what is pushed by digest, and its digest as its name", async () => {
    const name = fresh(other);
    const output = { type: "image", push: true, pushByDigest: true, names: [name] } as const;
    const { result } = await built({ output });
    expect(result.outputs).toMatchObject([{ kind: "push", names: [`${name}@${result.digest}`] }]);
    expect(result.names).toEqual([name]);
    const tags = await fetch(`${other.url}/v2/${repository(name)}/tags/list`);
    expect(await tags.json()).not.toHaveProperty("tags");
    expect(await skopeoDigests(`docker://${name}@${result.digest}`)).toContain(result.digest);
  });

  it("makes several outputs in their order, of the same bytes", async () => {
    const dest = path.join(folder, "several.tar");
    const name = `${fresh(other)}:1`;
    const { result } = await built({
      tags: [name],
      output: [{ type: "oci", dest }, { type: "registry" }, { type: "image", names: ["local:2"] }],
    });
    expect(result.outputs.map(({ kind }) => kind)).toEqual(["archive", "push", "store"]);
    expect(result.names).toEqual([name, "docker.io/library/local:2"]);
    expect(await skopeoDigests(`oci-archive:${dest}`)).toEqual(await skopeoDigests(`docker://${name}`));
  });

  it("ends at the first output that fails, and leaves the ones before it whole", async () => {
    const [before, after] = ["before", "after"].map((file) => path.join(folder, `${file}.tar`));
    const output = [
      { type: "oci", dest: before },
      { type: "registry", names: [`${locked.name}/app`] },
      { type: "oci", dest: after },
    ] as const;
    await expect(built({ output })).rejects.toMatchObject({ code: "REGISTRY_UNAUTHORIZED" });
    expect(await skopeoDigests(`oci-archive:${before}`)).not.toEqual([]);
    expect(fs.existsSync(after ?? "")).toBe(false);
  });

  it("stops when the build is stopped, and gives no tag", async () => {
    const stop = new AbortController();
    const name = fresh(other);
    const onEvent = ({ type }: BuildEvent): void => {
      if (type === "output.progress") stop.abort(new Error("stopped"));
    };
    await expect(pushed([`${name}:1`], { signal: stop.signal, onEvent })).rejects.toThrow("stopped");
    const asked = (await other.newRequests()).filter(({ path }) => path.includes("/manifests/"));
    expect(asked.map(({ method }) => method)).not.toContain("PUT");
  });

  it("mends a layer that is damaged in the store before it is pushed", async () => {
    const cacheDir = path.join(folder, `cache${count}`);
    const { result: first } = await built({ cacheDir });
    const digest = first.steps.at(-1)?.layer?.digest;
    const file = path.join(cacheDir, "v1/blobs/sha256", digest?.slice("sha256:".length) ?? "");
    const bytes = fs.readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    fs.writeFileSync(file, bytes);
    const name = fresh(other);
    const { result } = await pushed([name], { cacheDir });
    expect(await skopeoDigests(`docker://${name}`)).toContain(result.digest);
  });

  it("keeps an image in the store, where FROM finds it with the registry gone", async () => {
    const cacheDir = path.join(folder, `cache${count}`);
    const output = { type: "image", names: ["kept:1"] } as const;
    const { result } = await built({ cacheDir, output });
    expect(result.outputs).toEqual([
      { kind: "store", names: ["docker.io/library/kept:1"], outcome: "written" },
    ]);
    const again = await built({ cacheDir, output });
    expect(again.result.outputs).toMatchObject([{ outcome: "unchanged" }]);
    await registry.newRequests();
    const dest = path.join(folder, "kept.tar");
    await built({ cacheDir, output: { type: "oci", dest } }, ["FROM kept:1", "COPY a.txt /l/again"]);
    expect(await registry.newRequests()).toEqual([]);
    expect(await skopeo("inspect", `oci-archive:${dest}`)).toContain('"base": "busybox"');
  });

  it.each<[string, Partial<BuildOptions>, object]>([
    ["a push without a name", { output: { type: "registry" } }, { option: "--tag" }],
    ["a stored image without a name", { output: { type: "image" } }, { option: "--tag" }],
    [
      "a tag of what is pushed by digest",
      { output: { type: "registry", pushByDigest: true }, tags: ["a:1"] },
      { option: "push-by-digest", value: "a:1" },
    ],
    [
      "two outputs at one place",
      {
        output: [
          { type: "oci", dest: "a.tar" },
          { type: "docker", dest: "./a.tar" },
        ],
      },
      { option: "--output" },
    ],
  ])("refuses %s before anything is built", async (_, options, data) => {
    const events: BuildEvent[] = [];
    const building = built({ ...options, onEvent: (event) => events.push(event) });
    await expect(building).rejects.toMatchObject({ code: "OPTION_INVALID", exitCode: 2, data });
    expect(events.map(({ type }) => type)).toEqual(["build.failed"]);
  });

  it("is done by the command with --push, logged in as docker login left it", async () => {
    const config = path.join(folder, "docker");
    const auth = Buffer.from("me:a secret word").toString("base64");
    writeFiles(config, { "config.json": JSON.stringify({ auths: { [locked.name]: { auth } } }) });
    writeFiles(context, { Dockerfile: "FROM scratch\nCOPY a.txt /\n" });
    const name = `${locked.name}/app:1`;
    const metadata = path.join(folder, "metadata.json");
    const args = [
      "--cache-dir",
      path.join(folder, "command"),
      "--push",
      "-t",
      name,
      "-t",
      `${locked.name}/app:2`,
    ];
    const env = { DOCKER_CONFIG: config };
    const run = (more: readonly string[]) => runOciBuild([...args, ...more, context], { cwd: folder, env });
    const first = await run(["--metadata-file", metadata, "--progress", "rawjson"]);
    expect(first).toMatchObject({ exitCode: 0 });
    const [, digest] = /^\S+ {2}(sha256:\S+)\n/.exec(first.stdout) ?? [];
    expect(first.stdout).toBe(`${name}  ${digest}\n${locked.name}/app:2  ${digest}\n`);
    expect(JSON.parse(fs.readFileSync(metadata, "utf8"))).toMatchObject({
      "containerimage.digest": digest,
      "image.name": `${name},${locked.name}/app:2`,
    });
    for (const secret of ["a secret word", auth]) expect(first.stdout + first.stderr).not.toContain(secret);
    const second = await run([]);
    expect(second.stderr).toMatch(/push localhost:\d+\/app:1, localhost:\d+\/app:2\n/);
    expect(second.stderr).toContain("0 B, unchanged");
    const byDigest = await run(["-q", "-o", `type=image,name=${locked.name}/app,push-by-digest=true`]);
    expect(byDigest).toMatchObject({ exitCode: 0, stdout: `${digest}\n` });
    const refused = await runOciBuild([...args, context], { cwd: folder, env: { DOCKER_CONFIG: folder } });
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("REGISTRY_UNAUTHORIZED");
  });
});

/** A repository that no test has used. */
function fresh(server: RegistryServer): string {
  count += 1;
  return `${server.name}/app${count}`;
}

const repository = (name: string): string => name.replace(/^[^/]*\/|:[^/]*$/g, "");

const repositoryOf = ({ path }: { readonly path: string }): string => path.split("/")[2] ?? "";

const isStored = (cacheDir: string, digest: string): boolean =>
  fs.existsSync(path.join(cacheDir, "v1/blobs/sha256", digest.slice("sha256:".length)));

async function layersOf(name: string): Promise<readonly Digest[]> {
  const manifest = await skopeo("inspect", "--raw", "--tls-verify=false", `docker://${name}`);
  return (JSON.parse(manifest) as { layers: { digest: Digest }[] }).layers.map(({ digest }) => digest);
}

interface Built {
  readonly result: BuildResult;
  readonly cacheDir: string;
  readonly events: readonly BuildEvent[];
}

function pushed(
  tags: readonly string[],
  options: Partial<BuildOptions> = {},
  lines?: readonly string[],
): Promise<Built> {
  const output: BuildOutput = { type: "registry" };
  return built({ tags, output, ...options }, lines);
}

async function built(
  options: Partial<BuildOptions>,
  lines: readonly string[] = [`FROM ${registry.name}/base:1`, "COPY --link --chown=7:7 a.txt /l/"],
): Promise<Built> {
  const events: BuildEvent[] = [];
  await Promise.all([registry, other].map((server) => server.newRequests()));
  const cacheDir = path.join(folder, `cache${count}.${Math.random()}`);
  const result = await build({
    ...{ context, cacheDir, platform: "linux/amd64", env: {} },
    dockerfile: { text: `${lines.join("\n")}\n` },
    output: { type: "none" },
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { result, cacheDir: options.cacheDir ?? cacheDir, events };
}
