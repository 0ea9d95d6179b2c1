import { type Digest, OciBuildError, parseDigest } from "@oci-build/oci";
import { expect, it } from "vitest";
import type { BaseImage, BaseLayer } from "./base-image.js";
import { inLayer } from "./layer-errors.js";

it("says which Node has zstd where this one cannot unpack a layer", () => {
  const digest: Digest = parseDigest(`sha256:${"1".repeat(64)}`);
  const error = new OciBuildError("TAR_COMPRESSION_UNSUPPORTED", 1, {
    message: "the archive is compressed with zstd, expected gzip or no compression",
    data: { found: "zstd" },
  });
  const image = { reference: "base:1" } as BaseImage;
  const layer = { descriptor: { digest } } as BaseLayer;
  const node = process.versions.node;
  expect(inLayer(error, image, layer)).toMatchObject({
    code: "LAYER_ZSTD_UNAVAILABLE",
    exitCode: 3,
    message: `the layer ${digest} of base:1: Node ${node} has no zstd; it comes with Node 22.15 and 23.8`,
    data: { node, reference: "base:1", digest },
    hint: "Use a newer Node, or gzip.",
  });
});
