import { describe, expect, it } from "vitest";
import { digestOf, parseDiffId } from "../digest.js";
import { isOciBuildError } from "../error.js";
import { assembleImage, type ImageParts } from "./assemble-image.js";
import { decodeConfig, decodeManifest } from "./decode-documents.js";
import { mediaTypes } from "./media-types.js";

const layer = { mediaType: mediaTypes.layerGzip, digest: digestOf("layer"), size: 5 };
const parts: ImageParts = {
  config: {
    created: "2026-01-02T03:04:05Z",
    config: { Cmd: ["sh"], Labels: { b: "2", a: "1" } },
    rootfs: { type: "layers", diff_ids: [parseDiffId(digestOf("tar"))] },
    history: [{ created_by: "COPY . /" }, { created_by: 'CMD ["sh"]', empty_layer: true }],
  },
  layers: [layer],
  platform: { os: "linux", architecture: "arm64", variant: "v8" },
};

describe("assembleImage", () => {
  it("names each document by the digest and size of its bytes", () => {
    const { config, manifest } = assembleImage(parts);
    for (const { descriptor, bytes } of [config, manifest]) {
      expect(descriptor).toMatchObject({ digest: digestOf(bytes), size: bytes.length });
    }
    expect(decodeManifest(manifest.bytes)).toEqual({
      schemaVersion: 2,
      mediaType: mediaTypes.imageManifest,
      config: config.descriptor,
      layers: [layer],
    });
  });

  it("writes the platform into the config and the manifest's descriptor, not into the manifest", () => {
    const { config, manifest } = assembleImage(parts);
    expect(decodeConfig(config.bytes)).toMatchObject(parts.platform);
    expect(manifest.descriptor.platform).toEqual(parts.platform);
    expect(manifest.bytes.toString()).not.toContain("arm64");
  });

  it("leaves nothing of the platform that a base's config had", () => {
    const base = { ...parts.config, variant: "v7", "os.version": "1", architecture: "arm", os: "plan9" };
    const { config } = assembleImage({
      ...parts,
      config: base,
      platform: { os: "linux", architecture: "amd64" },
    });
    const { os, architecture, variant, "os.version": version } = decodeConfig(config.bytes);
    expect({ os, architecture, variant, version }).toEqual({ os: "linux", architecture: "amd64" });
  });

  it("gives the same bytes for members in another order", () => {
    const config = Object.fromEntries(
      Object.entries(parts.config).reverse(),
    ) as unknown as ImageParts["config"];
    expect(assembleImage({ ...parts, config }).manifest.bytes).toEqual(assembleImage(parts).manifest.bytes);
  });

  it("gives pinned digests", () => {
    const { config, manifest } = assembleImage({ ...parts, annotations: { "a.b": "c" } });
    expect([config.descriptor.digest, manifest.descriptor.digest]).toEqual([
      "sha256:143eec0140d65e715ab57bec9081dde84148aec3470656c307544f8ec4abeeab",
      "sha256:7a1fd3043cbd3c53f1f946a1216c701e2e3dcdf48e8fbf6d48bff7834e0b2113",
    ]);
  });

  it.each([
    { name: "a layer without a diffID", change: { layers: [layer, layer] } },
    { name: "a diffID without a layer", change: { layers: [] } },
    { name: "history without the layer", change: { config: { ...parts.config, history: [] } } },
  ])("refuses $name", ({ change }) => {
    expect(() => assembleImage({ ...parts, ...change })).toThrow(
      expect.toSatisfy((error) => isOciBuildError(error, "OCI_IMAGE_INCONSISTENT")),
    );
  });

  it("takes a config without history", () => {
    const { history: _, ...config } = parts.config;
    expect(() => assembleImage({ ...parts, config })).not.toThrow();
  });
});
