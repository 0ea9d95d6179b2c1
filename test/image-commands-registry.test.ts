import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { isBlobRead, WRITES } from "./support/registry/access-log.js";
import { busyboxLayout } from "./support/registry/busybox-image.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "./support/registry/registry-server.js";
import { skopeo, skopeoCopy, skopeoDigests, skopeoRaw } from "./support/registry/skopeo.js";
import { runWithin } from "./support/run-within.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox");

describe.skipIf(obstacle)(unlessObstacle("commands on images of registries", obstacle), () => {
  const folder = temporaryFolder();
  let registry: RegistryServer;
  let other: RegistryServer;
  /** An image of the registry that skopeo filled. */
  const from = (tag: string): string => `${registry.name}/busybox:${tag}`;

  async function told(...args: readonly string[]): Promise<string> {
    const env = { HOME: path.join(folder, "home"), OCI_BUILD_CACHE_DIR: path.join(folder, "cache") };
    const { exitCode, stdout, stderr } = await runWithin(args, { cwd: folder, env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stdout;
  }

  beforeAll(async () => {
    [registry, other] = await Promise.all([startRegistry(), startRegistry()]);
    const busybox = busyboxLayout();
    await skopeoCopy(busybox.image("one"), `docker://${from("one")}`);
    await skopeoCopy(busybox.image("two-layers"), `docker://${from("v2s2")}`, { args: ["--format", "v2s2"] });
    await skopeoCopy(busybox.image("all"), `docker://${from("index")}`, { args: ["--all"] });
    return async () => {
      await Promise.all([registry.stop(), other.stop()]);
    };
  });

  it("pulls what runs here, whole, and once", async () => {
    const first = await told("pull", from("index"));
    const index = await skopeoRaw(`docker://${from("index")}`);
    const { manifests } = JSON.parse(index) as { manifests: { digest: string }[] };
    expect(first).toContain(": Pull complete\n");
    expect(first).toContain(`Status: Downloaded newer image for ${from("index")}\n${from("index")}\n`);
    expect(await told("images", "--digests", `${registry.name}/busybox`)).toContain(manifests[0]?.digest);
    expect(await told("validate", from("index"))).toBe(`${from("index")}: sound\n`);
    await registry.newRequests();
    const second = await told("pull", from("index"));
    expect(second).not.toContain("Pull complete");
    expect(second).toContain(`Status: Image is up to date for ${from("index")}\n`);
    const layers = (await registry.newRequests()).filter(isBlobRead);
    expect(layers.length).toBeLessThanOrEqual(1);
    await told("rmi", from("index"));
    expect(await told("pull", from("index"))).toContain(`Status: Image is up to date for ${from("index")}\n`);
    await told("copy", "-q", from("v2s2"), from("index"));
    expect(await told("pull", from("index"))).toContain(
      `Status: Downloaded newer image for ${from("index")}`,
    );
  });

  it("pulls another platform, by its flag", async () => {
    await told("pull", "-q", "--platform", "linux/arm64", from("index"));
    const [image] = JSON.parse(await told("inspect", from("index"))) as [{ Architecture: string }];
    expect(image.Architecture).toBe("arm64");
  });

  it("builds on no image that was pulled for another platform", async () => {
    await told("pull", "-q", "--platform", "linux/arm64", from("index"));
    writeFiles(folder, { "on-amd64/Dockerfile": `FROM ${from("index")}\n` });
    const build = ["build", "-q", "--platform", "linux/amd64"];
    const env = { HOME: path.join(folder, "home"), OCI_BUILD_CACHE_DIR: path.join(folder, "cache") };
    const offline = await runWithin([...build, "--offline", "on-amd64"], { cwd: folder, env });
    expect(offline.exitCode).toBe(1);
    expect(offline.stderr).toContain(
      `${from("index")} in the local store is not there for linux/amd64 [BASE_PLATFORM_MISSING]`,
    );
    expect(offline.stderr).toContain("It is there for linux/arm64");
    await told(...build, "-o", "type=oci,dest=amd64.tar", "on-amd64");
    const [image] = JSON.parse(await told("inspect", "oci-archive:amd64.tar")) as [{ Architecture: string }];
    expect(image.Architecture).toBe("amd64");
  });

  it("pulls by digest, and keeps what it pulled", async () => {
    const digest = await told("copy", "-q", `docker://${from("one")}`, "by-tag:1");
    const name = `${registry.name}/busybox@${digest.trim()}`;
    expect(await told("pull", "-q", name)).toBe(`${name}\n`);
    await told("rmi", "by-tag:1");
    await registry.newRequests();
    expect(await told("inspect", "--raw", name)).toBe(await skopeoRaw(`docker://${from("one")}`));
    expect((await registry.newRequests()).filter(({ path: asked }) => asked.includes("/blobs/"))).toEqual([]);
    expect(await told("rmi", name)).toBe(`Untagged: ${name}\n`);
  });

  it("pulls and pushes all platforms; skopeo finds the same digests", async () => {
    const copy = `${other.name}/copied:all`;
    await told("pull", "--all-platforms", from("index"));
    await told("tag", from("index"), copy);
    const pushed = await told("push", copy);
    expect(pushed).toContain(`The push refers to repository [${other.name}/copied]\n`);
    expect(pushed).toMatch(/all: digest: sha256:[0-9a-f]{64} size: \d+\n$/);
    expect(await skopeoDigests(`docker://${copy}`)).toEqual(await skopeoDigests(`docker://${from("index")}`));
    await other.newRequests();
    await told("push", "-q", copy);
    expect((await other.newRequests()).filter(({ method }) => WRITES.has(method))).toEqual([]);
  });

  it("pushes one platform of an index when it is told to", async () => {
    await told("pull", "--all-platforms", from("index"));
    const pushed = await told(
      "push",
      "-q",
      "--platform",
      "linux/arm/v6",
      from("index"),
      `${other.name}/arm:6`,
    );
    expect(pushed).toBe(`${other.name}/arm:6\n`);
    const config = JSON.parse(
      await skopeo("inspect", "--config", "--tls-verify=false", `docker://${other.name}/arm:6`),
    );
    expect(config).toMatchObject({ architecture: "arm", variant: "v6" });
  });

  it.each(["one", "v2s2"])("copies %s between registries byte for byte", async (tag) => {
    const target = `docker://${other.name}/bytes:${tag}`;
    await told("copy", `docker://${from(tag)}`, target);
    expect(await skopeoRaw(target)).toBe(await skopeoRaw(`docker://${from(tag)}`));
    expect(await skopeoDigests(target)).toEqual(await skopeoDigests(`docker://${from(tag)}`));
  });

  it("copies Docker's own format into files as it is, and skopeo reads it there", async () => {
    await told("copy", "-q", `docker://${from("v2s2")}`, "oci-archive:v2s2.tar:x");
    const raw = await skopeoRaw(`docker://${from("v2s2")}`);
    expect(await told("inspect", "--raw", "v2s2.tar")).toBe(raw);
    await told("copy", "-q", "v2s2.tar", "docker-archive:for-docker.tar:x:1");
    const config = await told("inspect", "--config", "--raw", `docker://${from("v2s2")}`);
    expect(await skopeo("inspect", "--config", "--raw", `docker-archive:${folder}/for-docker.tar`)).toBe(
      config,
    );
    expect(await told("validate", "for-docker.tar")).toBe("for-docker.tar: sound\n");
  });

  it("keeps the index of a layout that was copied with all of it", async () => {
    await told("copy", "-q", "--all", `docker://${from("index")}`, "oci:./mirror:1");
    await skopeoCopy(`oci:${folder}/mirror:1`, `docker://${other.name}/mirrored:1`, { args: ["--all"] });
    const raw = await skopeoRaw(`docker://${from("index")}`);
    expect(await told("inspect", "--raw", "./mirror:1")).toBe(raw);
    expect(await skopeoRaw(`docker://${other.name}/mirrored:1`)).toBe(raw);
  });

  it("sends no layer within a registry", async () => {
    await registry.newRequests();
    await told("copy", `docker://${from("one")}`, `docker://${registry.name}/elsewhere:1`);
    const requests = await registry.newRequests();
    expect(requests.filter(({ method }) => method === "PATCH")).toEqual([]);
    expect(requests.filter(isBlobRead).length).toBeLessThanOrEqual(1);
    await told("tag", `docker://${registry.name}/elsewhere:1`, `docker://${registry.name}/elsewhere:2`);
    const writes = (await registry.newRequests()).filter(({ method }) => WRITES.has(method));
    expect(writes.map(({ method, path: asked }) => `${method} ${asked}`)).toEqual([
      "PUT /v2/elsewhere/manifests/2",
    ]);
  });

  it("looks at an image without fetching its layers", async () => {
    await registry.newRequests();
    expect(await told("inspect", "--raw", `docker://${from("index")}`)).toBe(
      await skopeoRaw(`docker://${from("index")}`),
    );
    const history = await told("history", "--no-trunc", `docker://${from("v2s2")}`);
    expect(history).toContain("layer 2 of the tests");
    const config = await told("inspect", "--config", "--raw", `docker://${from("v2s2")}`);
    expect(config).toBe(
      await skopeo("inspect", "--config", "--raw", "--tls-verify=false", `docker://${from("v2s2")}`),
    );
    expect((await registry.newRequests()).filter(isBlobRead).length).toBeLessThanOrEqual(4);
  });

  it("validates an image through the registry, reading each blob once", async () => {
    await registry.newRequests();
    expect(await told("validate", `docker://${from("v2s2")}`)).toBe(`${from("v2s2")}: sound\n`);
    const reads = (await registry.newRequests()).filter(isBlobRead).map(({ path: asked }) => asked);
    expect(reads).toEqual([...new Set(reads)]);
    expect(await told("validate", `docker://${from("index")}`)).toBe(`${from("index")}: sound\n`);
  });

  it("tells how two images of a registry differ", async () => {
    const lines = (await told("diff", `docker://${from("one")}`, `docker://${from("v2s2")}`)).split("\n");
    expect(lines).toEqual(["A /etc/motd", "D /etc/platform", ""]);
    await registry.newRequests();
    await told("diff", `docker://${from("one")}`, `docker://${from("v2s2")}`);
    expect((await registry.newRequests()).filter(isBlobRead).length).toBe(2);
  });

  it("rebases within a registry, and remembers the base for the next time", async () => {
    const [base, app] = [`${registry.name}/base:1`, `docker://${registry.name}/app:1`];
    await told("copy", "-q", `docker://${from("one")}`, `docker://${base}`);
    await told("copy", "-q", `docker://${from("v2s2")}`, app);
    await told("copy", "-q", `docker://${from("one")}`, "store-only:1");
    const names = ["--old-base", `docker://${from("one")}`, "--new-base", `docker://${base}`];
    await told("rebase", app, ...names, "-o", app);
    const { annotations, mediaType } = JSON.parse(await skopeoRaw(app)) as Record<
      string,
      Record<string, string>
    >;
    expect(mediaType).toBe("application/vnd.oci.image.manifest.v1+json");
    expect(annotations).toEqual({
      "org.opencontainers.image.base.name": base,
      "org.opencontainers.image.base.digest": (
        await told("inspect", "--format", "json", `docker://${base}`)
      ).match(/"Descriptor":\{[^}]*"digest":"([^"]+)"/)?.[1],
    });
    await told("copy", "-q", "--platform", "linux/amd64", `docker://${from("index")}`, `docker://${base}`);
    const moved = await told("rebase", app, "-o", app);
    expect(moved).toContain(` → ${base}, 1 layer kept\n`);
    expect(await told("validate", app)).toMatch(/: sound\n$/);
    expect(await skopeoRaw(app)).toContain(annotations?.["org.opencontainers.image.base.name"]);
  });
});
