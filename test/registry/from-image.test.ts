import path from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { isBlobRead, requestLines, WRITES } from "../support/registry/access-log.js";
import { type BusyboxLayout, busyboxLayout } from "../support/registry/busybox-image.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "../support/registry/registry-server.js";
import { skopeo, skopeoCopy, skopeoDigests, skopeoRaw } from "../support/registry/skopeo.js";
import { type CommandResult, runOciBuild } from "../support/run-command.js";
import { runTool } from "../support/tools.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox");

interface Manifest {
  readonly layers: readonly { readonly digest: string; readonly mediaType: string }[];
}

describe.skipIf(obstacle)(unlessObstacle("FROM an image of a registry", obstacle), () => {
  let registry: RegistryServer;
  let busybox: BusyboxLayout;
  let folder: string;

  beforeAll(async () => {
    registry = await startRegistry();
    busybox = busyboxLayout();
    await skopeoCopy(busybox.image("two-layers"), imageOf("two-layers"));
    await skopeoCopy(busybox.image("all"), imageOf("all"), { args: ["--all"] });
    await skopeoCopy(busybox.image("one"), imageOf("v2s2"), { args: ["--format", "v2s2"] });
    return () => registry.stop();
  });

  beforeEach(async () => {
    folder = temporaryFolder();
    writeFiles(path.join(folder, "context"), { "a.txt": "a", "b.txt": "b" });
    await registry.newRequests();
  });

  const imageOf = (tag: string): string => `docker://${registry.name}/busybox:${tag}`;
  const output = (): string => `oci-archive:${path.join(folder, "image.tar")}`;

  async function buildImage(dockerfile: string, ...flags: readonly string[]): Promise<CommandResult> {
    const context = path.join(folder, "context");
    writeFiles(folder, { Dockerfile: dockerfile });
    const places = ["-f", path.join(folder, "Dockerfile"), "--cache-dir", path.join(folder, "cache")];
    const dest = `type=oci,dest=${path.join(folder, "image.tar")}`;
    return await runOciBuild([...places, "-o", dest, "--progress=plain", ...flags, context], {
      cwd: folder,
      env: { HOME: folder },
    });
  }

  const manifestOf = async (image: string): Promise<Manifest> =>
    JSON.parse(await skopeoRaw(image)) as Manifest;
  const configOf = async (image: string): Promise<unknown> =>
    JSON.parse(await skopeo("inspect", "--tls-verify=false", "--config", image));

  it("has the base's layers as they are, and what the base says", async () => {
    const built = await buildImage(`FROM ${registry.name}/busybox:two-layers\nCOPY a.txt .\nENV MORE=1\n`);
    expect(built).toMatchObject({ exitCode: 0 });
    const base = await manifestOf(imageOf("two-layers"));
    const { layers } = await manifestOf(output());
    expect(layers.map(({ digest }) => digest).slice(0, 2)).toEqual(base.layers.map(({ digest }) => digest));
    expect(layers).toHaveLength(3);
    expect(await configOf(output())).toMatchObject({
      architecture: "amd64",
      config: {
        Env: ["PATH=/bin", "FROM_BASE=yes", "MORE=1"],
        User: "app",
        WorkingDir: "/home/app",
        Labels: { base: "busybox", platform: "linux/amd64" },
        ExposedPorts: { "8080/tcp": {} },
        Volumes: { "/data": {} },
        StopSignal: "SIGINT",
        Cmd: ["sh"],
      },
    });
    expect(await skopeoDigests(output())).toHaveLength(5);
  });

  it("asks for each document and each layer once, and for no layer when it is built again", async () => {
    const dockerfile = `FROM ${registry.name}/busybox:two-layers\nCOPY a.txt .\n`;
    expect(await buildImage(dockerfile)).toMatchObject({ exitCode: 0 });
    const first = await registry.newRequests();
    expect(first.filter(isBlobRead)).toHaveLength(3);
    expect(
      first.filter(({ method, path: place }) => method === "GET" && place.includes("/manifests/")),
    ).toHaveLength(1);
    expect(await buildImage(dockerfile)).toMatchObject({ exitCode: 0 });
    expect(requestLines(await registry.newRequests())).toEqual([
      "GET /v2/ 200",
      "HEAD /v2/busybox/manifests/two-layers 200",
    ]);
    writeFiles(path.join(folder, "context"), { "a.txt": "changed" });
    expect(await buildImage(dockerfile)).toMatchObject({ exitCode: 0 });
    const third = await registry.newRequests();
    expect(third.filter(isBlobRead)).toEqual([]);
    expect(third.filter(({ method }) => WRITES.has(method))).toEqual([]);
  });

  it("by digest asks for nothing at all when it is built again", async () => {
    const { Digest } = JSON.parse(await skopeo("inspect", "--tls-verify=false", imageOf("two-layers"))) as {
      readonly Digest: string;
    };
    await registry.newRequests();
    const dockerfile = `FROM ${registry.name}/busybox:any@${Digest}\nCOPY a.txt .\n`;
    expect(await buildImage(dockerfile)).toMatchObject({ exitCode: 0 });
    await registry.newRequests();
    expect(await buildImage(dockerfile)).toMatchObject({ exitCode: 0 });
    expect(await registry.newRequests()).toEqual([]);
  });

  it.each([
    ["linux/arm64", "linux/arm64/v8"],
    ["linux/arm/v7", "linux/arm/v7"],
    ["linux/arm/v6", "linux/arm/v6"],
  ])("is for a platform of the index: %s", async (platform, label) => {
    const dockerfile = `FROM ${registry.name}/busybox:all\nCOPY a.txt /\n`;
    expect(await buildImage(dockerfile, "--platform", platform)).toMatchObject({ exitCode: 0 });
    const [os, architecture] = platform.split("/");
    expect(await configOf(output())).toMatchObject({
      os,
      architecture,
      config: { Labels: { platform: label } },
    });
  });

  it("takes Docker's formats, and writes OCI's", async () => {
    expect(await buildImage(`FROM ${registry.name}/busybox:v2s2\nCOPY a.txt /\n`)).toMatchObject({
      exitCode: 0,
    });
    const { layers } = await manifestOf(output());
    expect(layers.map(({ mediaType }) => mediaType)).toEqual(
      layers.map(() => "application/vnd.oci.image.layer.v1.tar+gzip"),
    );
  });

  it("gives files to COPY --from, in their last form", async () => {
    const base = `${registry.name}/busybox:two-layers`;
    const dockerfile = `FROM scratch\nCOPY --from=${base} /bin/busybox /etc/motd /\n`;
    expect(await buildImage(dockerfile)).toMatchObject({ exitCode: 0 });
    const unpacked = path.join(folder, "layers");
    await skopeoCopy(output(), `dir:${unpacked}`);
    const { layers } = await manifestOf(output());
    const names = runTool("tar", [
      "-tzf",
      path.join(unpacked, layers[0]?.digest.slice("sha256:".length) ?? ""),
    ]);
    expect(names.trim().split("\n").sort()).toEqual(["busybox", "motd"]);
    const removed = await buildImage(`FROM scratch\nCOPY --from=${base} /etc/platform /\n`);
    expect(removed).toMatchObject({ exitCode: 1 });
    expect(removed.stderr).toContain("/etc/platform");
  });

  it("is found by --build-context under another name", async () => {
    const context = `docker-image://${registry.name}/busybox:two-layers`;
    const built = await buildImage("FROM base\nCOPY a.txt /\n", "--build-context", `base=${context}`);
    expect(built).toMatchObject({ exitCode: 0 });
    const layout = busybox.image("two-layers").replace("oci:", "").replace(":two-layers", "");
    const local = await buildImage(
      "FROM base\nCOPY a.txt /\n",
      "--build-context",
      `base=oci-layout://${layout}`,
    );
    expect(local).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ["an unknown tag", "/busybox:none", 1, "REGISTRY_MANIFEST_MISSING"],
    ["an unknown repository", "/nothing:1", 1, "REGISTRY_MANIFEST_MISSING"],
    ["an unknown digest", `/busybox@sha256:${"0".repeat(64)}`, 1, "REGISTRY_MANIFEST_MISSING"],
    ["a platform that the index does not have", "/busybox:all", 1, "BASE_PLATFORM_MISSING"],
  ])("ends with a code for %s", async (_name, reference, exitCode, code) => {
    const flags = code === "BASE_PLATFORM_MISSING" ? ["--platform=linux/s390x"] : [];
    const failed = await buildImage(`FROM ${registry.name}${reference}\nCOPY a.txt /\n`, ...flags);
    expect(failed).toMatchObject({ exitCode });
    expect(failed.stderr).toContain(code);
  });

  it("ends with a code for a registry that is not there", async () => {
    const gone = await startRegistry();
    await gone.stop();
    const failed = await buildImage(`FROM ${gone.name}/busybox:1\nCOPY a.txt /\n`);
    expect(failed).toMatchObject({ exitCode: 3 });
    expect(failed.stderr).toContain("REGISTRY_UNREACHABLE");
  });
});
