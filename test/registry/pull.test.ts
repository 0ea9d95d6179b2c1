import { kindOfMediaType } from "@oci-build/oci";
import { beforeAll, describe, expect, it } from "vitest";
import { readImage } from "../../packages/registry/src/index.js";
import { temporaryFolder } from "../support/build-folder.js";
import { busyboxLayout } from "../support/registry/busybox-image.js";
import { pulledDigests, testClient } from "../support/registry/client.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "../support/registry/registry-server.js";
import { skopeoCopy, skopeoDigests, skopeoRaw } from "../support/registry/skopeo.js";

const obstacle = toolObstacle("docker-registry", "skopeo", "busybox");

describe.skipIf(obstacle)(unlessObstacle("images that skopeo pushed", obstacle), () => {
  let registry: RegistryServer;
  /** skopeo sends no zstd where it knows the same layer as gzip. */
  let other: RegistryServer;
  const serverOf = (tag: string): RegistryServer => (tag === "zstd" ? other : registry);
  const imageOf = (tag: string): string => `docker://${serverOf(tag).name}/busybox:${tag}`;

  beforeAll(async () => {
    [registry, other] = await Promise.all([startRegistry(), startRegistry()]);
    const busybox = busyboxLayout();
    const push = (from: string, tag: string, ...args: readonly string[]): Promise<void> =>
      skopeoCopy(from, imageOf(tag), { args });
    const plain = `dir:${temporaryFolder()}`;
    await skopeoCopy(busybox.image("two-layers"), plain, { args: ["--dest-decompress"] });
    await push(busybox.image("one"), "oci");
    await push(busybox.image("two-layers"), "v2s2", "--format", "v2s2");
    await push(plain, "zstd", "--dest-compress-format", "zstd");
    await push(busybox.image("all"), "index", "--all");
    await push(busybox.image("all"), "list", "--all", "--format", "v2s2");
    return async () => {
      await Promise.all([registry.stop(), other.stop()]);
    };
  });

  it.each([
    ["oci", "manifest", "application/vnd.oci.image.manifest.v1+json", "gzip"],
    ["v2s2", "manifest", "application/vnd.docker.distribution.manifest.v2+json", "gzip"],
    ["zstd", "manifest", "application/vnd.oci.image.manifest.v1+json", "zstd"],
    ["index", "index", "application/vnd.oci.image.index.v1+json", "manifest.v1"],
    ["list", "index", "application/vnd.docker.distribution.manifest.list.v2+json", "manifest.v2"],
  ])("are read as skopeo reads them, digest by digest: %s", async (tag, kind, mediaType, holds) => {
    await using client = testClient();
    const repository = client.repository({ registry: serverOf(tag).name, repository: "busybox" });
    const image = imageOf(tag);
    const { descriptor, bytes } = await repository.manifest(tag);
    expect(bytes.toString("utf8")).toBe(await skopeoRaw(image));
    expect(bytes.toString("utf8")).toContain(holds);
    expect(descriptor).toMatchObject({ mediaType, size: bytes.length });
    expect(kindOfMediaType(descriptor.mediaType)).toBe(kind);
    expect(await pulledDigests(repository, tag)).toEqual(await skopeoDigests(image));
    expect(await pulledDigests(repository, descriptor.digest)).toEqual(await pulledDigests(repository, tag));
  });

  it.each([
    ["index", { os: "linux", architecture: "amd64" }, "linux/amd64"],
    ["index", { os: "linux", architecture: "arm64" }, "linux/arm64/v8"],
    ["index", { os: "linux", architecture: "arm", variant: "v7" }, "linux/arm/v7"],
    ["list", { os: "linux", architecture: "arm", variant: "v6" }, "linux/arm/v6"],
    ["list", { os: "linux", architecture: "arm" }, "linux/arm/v7"],
    ["oci", { os: "linux", architecture: "arm64" }, "linux/amd64"],
  ])("have a platform: %s for %o is %s", async (tag, platform, label) => {
    await using client = testClient();
    const repository = client.repository({ registry: registry.name, repository: "busybox" });
    const { imageConfig } = await readImage(repository, tag, { platform });
    expect(imageConfig.config?.Labels).toEqual({ base: "busybox", platform: label });
  });

  it("that are not for a platform say which ones they are for", async () => {
    await using client = testClient();
    const repository = client.repository({ registry: registry.name, repository: "busybox" });
    const platform = { os: "linux", architecture: "s390x" };
    await expect(readImage(repository, "index", { platform })).rejects.toMatchObject({
      code: "REGISTRY_PLATFORM_MISSING",
      data: {
        wanted: "linux/s390x",
        available: ["linux/amd64", "linux/arm64/v8", "linux/arm/v6", "linux/arm/v7"],
      },
    });
  });

  it("are read in the part that is asked for", async () => {
    await using client = testClient();
    const repository = client.repository({ registry: registry.name, repository: "busybox" });
    const { imageManifest } = await readImage(repository, "oci", {
      platform: { os: "linux", architecture: "amd64" },
    });
    const [layer] = imageManifest.layers;
    if (layer === undefined) throw new Error("no layer");
    const whole = await joined(repository.read(layer.digest));
    const part = await joined(repository.read(layer.digest, { offset: 1000, length: 4000 }));
    expect(part.equals(whole.subarray(1000, 5000))).toBe(true);
    expect(await repository.size(layer.digest)).toBe(whole.length);
  });

  it("have tags, and are missing under others", async () => {
    await using client = testClient();
    const repository = client.repository({ registry: registry.name, repository: "busybox" });
    const tags: string[] = [];
    for await (const tag of repository.tags()) tags.push(tag);
    expect(tags.sort()).toEqual(["index", "list", "oci", "v2s2"]);
    expect(await repository.resolve("none")).toBeUndefined();
    await expect(repository.manifest("none")).rejects.toMatchObject({ code: "REGISTRY_MANIFEST_MISSING" });
    const nothing = client.repository({ registry: registry.name, repository: "nothing" });
    await expect(nothing.manifest("none")).rejects.toMatchObject({ code: "REGISTRY_MANIFEST_MISSING" });
  });
});

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
