import path from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { isBlobRead, requestLines, WRITES } from "../support/registry/access-log.js";
import { busyboxLayout } from "../support/registry/busybox-image.js";
import { type FaultyFront, startFaultyFront } from "../support/registry/faulty-front.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "../support/registry/registry-server.js";
import { skopeo, skopeoCopy, skopeoDigests, skopeoRaw } from "../support/registry/skopeo.js";
import { type CommandResult, runOciBuild } from "../support/run-command.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox");

interface Manifest {
  readonly config: { readonly size: number };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

describe.skipIf(obstacle)(unlessObstacle("a build that is pushed", obstacle), () => {
  let registry: RegistryServer;
  let front: FaultyFront;
  let folder: string;
  let image: string;

  beforeAll(() => {
    image = busyboxLayout().image("two-layers");
  });

  beforeEach(async () => {
    registry = await startRegistry();
    front = await startFaultyFront(registry.url);
    folder = temporaryFolder();
    writeFiles(path.join(folder, "context"), {
      "a.txt": "a",
      "big/b.bin": Buffer.alloc(3_000_000, "0123456789abc"),
    });
    return async () => {
      await front[Symbol.asyncDispose]();
      await registry.stop();
    };
  });

  async function push(dockerfile: string, ...flags: readonly string[]): Promise<CommandResult> {
    writeFiles(folder, { Dockerfile: dockerfile });
    const places = ["-f", path.join(folder, "Dockerfile"), "--cache-dir", path.join(folder, "cache")];
    const args = [...places, "--progress=plain", ...flags, path.join(folder, "context")];
    return await runOciBuild(args, { cwd: folder, env: { HOME: folder } });
  }

  const manifestOf = async (reference: string): Promise<Manifest> =>
    JSON.parse(await skopeoRaw(`docker://${reference}`)) as Manifest;

  const scratch = "FROM scratch\nCOPY big /big\nCOPY a.txt /\n";

  it("is there under all its tags, as skopeo finds it", async () => {
    const tags = ["-t", `${registry.name}/team/app:1`, "-t", `${registry.name}/team/app:latest`];
    expect(await push(scratch, "--push", ...tags)).toMatchObject({ exitCode: 0 });
    const [one, latest] = await Promise.all(
      ["1", "latest"].map((tag) => skopeoDigests(`docker://${registry.name}/team/app:${tag}`)),
    );
    expect(one).toEqual(latest);
    await skopeo(
      "copy",
      "--src-tls-verify=false",
      `docker://${registry.name}/team/app:1`,
      `dir:${folder}/copy`,
    );
  });

  it("again, unchanged, writes nothing and reads no blob: no PUT, POST, PATCH", async () => {
    const flags = ["--push", "-t", `${registry.name}/app:1`];
    expect(await push(scratch, ...flags)).toMatchObject({ exitCode: 0 });
    await registry.newRequests();
    expect(await push(scratch, ...flags)).toMatchObject({ exitCode: 0 });
    const requests = await registry.newRequests();
    expect(requests.filter(({ method }) => WRITES.has(method))).toEqual([]);
    expect(requests.filter(isBlobRead)).toEqual([]);
  });

  it("after one changed file sends its layer, the config and the manifest, and nothing else", async () => {
    const name = `${front.name}/app:1`;
    expect(await push(scratch, "--push", "-t", name)).toMatchObject({ exitCode: 0 });
    const before = front.exchanges.length;
    writeFiles(path.join(folder, "context"), { "a.txt": "changed" });
    expect(await push(scratch, "--push", "-t", name)).toMatchObject({ exitCode: 0 });
    const received = front.exchanges.slice(before).reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
    const raw = await skopeoRaw(`docker://${name}`);
    const { config, layers } = JSON.parse(raw) as Manifest;
    expect(received).toBe((layers[1]?.size ?? 0) + config.size + Buffer.byteLength(raw));
  });

  it("onto a base of the same registry mounts its layers, and sends none of their bytes", async () => {
    await skopeoCopy(image, `docker://${registry.name}/base:1`);
    await registry.newRequests();
    const dockerfile = `FROM ${registry.name}/base:1\nCOPY a.txt /\n`;
    expect(await push(dockerfile, "--push", "-t", `${registry.name}/app:1`)).toMatchObject({ exitCode: 0 });
    const lines = requestLines(await registry.newRequests());
    expect(lines.filter((line) => line.endsWith("?mount 201"))).toHaveLength(2);
    const base = await manifestOf(`${registry.name}/base:1`);
    const app = await manifestOf(`${registry.name}/app:1`);
    expect(app.layers.slice(0, 2)).toEqual(base.layers);
  });

  it("that links onto a base of the same registry downloads its manifest and its config alone", async () => {
    await skopeoCopy(image, `docker://${registry.name}/base:1`);
    await registry.newRequests();
    const dockerfile = `FROM ${registry.name}/base:1\nCOPY --link a.txt /linked/\n`;
    expect(await push(dockerfile, "--push", "-t", `${registry.name}/app:1`)).toMatchObject({ exitCode: 0 });
    const requests = await registry.newRequests();
    expect(requests.filter(isBlobRead)).toHaveLength(1);
    expect(requestLines(requests).filter((line) => line.endsWith("?mount 201"))).toHaveLength(2);
    expect(await skopeoDigests(`docker://${registry.name}/app:1`)).toHaveLength(5);
  });

  it("by digest makes no tag", async () => {
    const output = `type=image,name=${registry.name}/app,push=true,push-by-digest=true`;
    const built = await push(scratch, "-o", output, "--metadata-file", path.join(folder, "metadata.json"));
    expect(built).toMatchObject({ exitCode: 0 });
    const lines = requestLines(await registry.newRequests()).filter((line) => line.startsWith("PUT"));
    expect(lines.at(-1)).toBe("PUT /v2/app/manifests/DIGEST 201");
  });

  it("to a registry that refuses it ends with a code", async () => {
    front.spoil(({ method }) =>
      method === "POST" ? { kind: "status", status: 403, body: "{}" } : undefined,
    );
    const refused = await push(scratch, "--push", "-t", `${front.name}/app:1`);
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("REGISTRY_FORBIDDEN") as unknown,
    });
  });
});
