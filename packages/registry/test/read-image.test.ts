import { digestOf, encodeJson, mediaTypes } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { readImage } from "../src/transfer/read-image.js";
import { amd64, hold, type SampleImage, sampleImage, sampleIndex } from "./support/sample-image.js";
import { codeOf } from "./support/test-client.js";
import { setUp, type TestSetup } from "./support/test-setup.js";

const arm64 = { os: "linux", architecture: "arm64" };
const onAmd = sampleImage([Buffer.from("one")]);
const onArm = sampleImage([Buffer.from("two")], arm64);

function holdIndex({ state }: TestSetup, images: readonly SampleImage[], tag: string): string {
  for (const image of images) hold(state, "team/app", image);
  const { index } = sampleIndex(images);
  return state.addManifest("team/app", { mediaType: mediaTypes.imageIndex, bytes: index.bytes }, tag);
}

describe("readImage", () => {
  it("gives the documents of the platform that fits", async () => {
    await using test = await setUp();
    const digest = holdIndex(test, [onAmd, onArm], "multi");
    const image = await readImage(test.repository, "multi", { platform: arm64 });
    expect(image.root.descriptor.digest).toBe(digest);
    expect(image.manifest.bytes).toEqual(onArm.manifest.bytes);
    expect(image.manifest.descriptor.platform).toEqual(arm64);
    expect(image.config.bytes).toEqual(onArm.config.bytes);
    expect(image.imageConfig.architecture).toBe("arm64");
    expect(image.imageManifest.layers.map(({ size }) => size)).toEqual([3]);
  });

  it("reads no layer", async () => {
    await using test = await setUp();
    hold(test.state, "team/app", onAmd);
    await readImage(test.repository, "latest", { platform: amd64 });
    expect(test.lines()).toEqual([
      "GET /v2/team/app/manifests/latest",
      `GET /v2/team/app/blobs/${onAmd.config.descriptor.digest}`,
    ]);
  });

  it("takes a manifest that is no index whatever it is for", async () => {
    await using test = await setUp();
    hold(test.state, "team/app", onAmd);
    const image = await readImage(test.repository, "latest", { platform: arm64 });
    expect(image.root).toEqual(image.manifest);
  });

  it("names the platforms that there are", async () => {
    await using test = await setUp();
    holdIndex(test, [onAmd, onArm], "multi");
    const platform = { os: "linux", architecture: "s390x" };
    await expect(readImage(test.repository, "multi", { platform })).rejects.toMatchObject({
      code: "REGISTRY_PLATFORM_MISSING",
      data: { wanted: "linux/s390x", available: ["linux/amd64", "linux/arm64"] },
    });
  });

  it("finds an image in an index of indexes, but not below too many", async () => {
    await using test = await setUp();
    let digest = holdIndex(test, [onAmd], "1");
    for (let depth = 2; depth <= 5; depth++) {
      const held = test.state.find("team/app", digest);
      const manifests = [{ mediaType: mediaTypes.imageIndex, digest, size: held?.bytes.length ?? 0 }];
      const bytes = encodeJson({ schemaVersion: 2, mediaType: mediaTypes.imageIndex, manifests });
      digest = test.state.addManifest("team/app", { mediaType: mediaTypes.imageIndex, bytes }, String(depth));
    }
    const found = await readImage(test.repository, "4", { platform: amd64 });
    expect(found.manifest.bytes).toEqual(onAmd.manifest.bytes);
    expect(await codeOf(readImage(test.repository, "5", { platform: amd64 }))).toBe(
      "REGISTRY_INDEX_TOO_DEEP",
    );
  });

  it("reads Docker's forms", async () => {
    await using test = await setUp();
    hold(test.state, "team/app", onAmd);
    const config = { ...onAmd.config.descriptor, mediaType: mediaTypes.dockerConfig };
    const manifest = { schemaVersion: 2, mediaType: mediaTypes.dockerManifest, config, layers: [] };
    const bytes = encodeJson(manifest);
    const mediaType = mediaTypes.dockerManifest;
    const digest = test.state.addManifest("team/app", { mediaType, bytes });
    const entry = { mediaType, digest, size: bytes.length, platform: amd64 };
    const list = { schemaVersion: 2, mediaType: mediaTypes.dockerManifestList, manifests: [entry] };
    const held = { mediaType: mediaTypes.dockerManifestList, bytes: encodeJson(list) };
    test.state.addManifest("team/app", held, "docker");
    const image = await readImage(test.repository, "docker", { platform: amd64 });
    expect([image.root, image.manifest].map((document) => document.descriptor.mediaType)).toEqual([
      mediaTypes.dockerManifestList,
      mediaTypes.dockerManifest,
    ]);
  });

  it("refuses an artifact, whose config is none of an image", async () => {
    await using test = await setUp();
    const config = { mediaType: "application/vnd.cncf.helm.config.v1+json", digest: digestOf("{}"), size: 2 };
    const bytes = encodeJson({ schemaVersion: 2, mediaType: mediaTypes.imageManifest, config, layers: [] });
    test.state.addManifest("team/app", { mediaType: mediaTypes.imageManifest, bytes }, "chart");
    const code = await codeOf(readImage(test.repository, "chart", { platform: amd64 }));
    expect(code).toBe("REGISTRY_MANIFEST_UNSUPPORTED");
  });

  it.each([
    ["other bytes", 0],
    ["fewer bytes", -1],
    ["more bytes", 1],
  ])("reads a config of which a mirror has %s from the registry itself", async (_, more) => {
    await using mirror = await setUp();
    await using test = await setUp({}, { settings: () => ({ mirrors: [`http://${mirror.registry.host}`] }) });
    hold(test.state, "team/app", onAmd);
    hold(mirror.state, "team/app", onAmd);
    const { size, digest } = onAmd.config.descriptor;
    mirror.state.repository("team/app").blobs.set(digest, Buffer.alloc(size + more, "x"));
    const image = await readImage(test.repository, "latest", { platform: amd64 });
    expect(image.config.bytes).toEqual(onAmd.config.bytes);
    expect(test.lines()).toEqual([`GET /v2/team/app/blobs/${digest}`]);
  });

  it("refuses a config that is not what the manifest names", async () => {
    await using test = await setUp();
    hold(test.state, "team/app", onAmd);
    const { size, digest } = onAmd.config.descriptor;
    test.state.repository("team/app").blobs.set(digest, Buffer.alloc(size, "x"));
    const code = await codeOf(readImage(test.repository, "latest", { platform: amd64 }));
    expect(code).toBe("REGISTRY_DIGEST_MISMATCH");
  });
});
