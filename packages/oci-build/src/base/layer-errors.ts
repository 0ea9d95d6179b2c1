import { type DiffId, isOciBuildError, OciBuildError, zstdMissing } from "@oci-build/oci";
import { buildError } from "../errors.js";
import type { BaseImage, BaseLayer } from "./base-image.js";

/** An error of the tar itself, or of a Node that cannot unpack it, with the layer that it is about; undefined for all
 * others. */
export function inLayer(
  error: unknown,
  { reference }: BaseImage,
  { descriptor }: BaseLayer,
): OciBuildError | undefined {
  if (!isOciBuildError(error)) return undefined;
  if (isOciBuildError(error, "BASE_LAYER_MISMATCH")) return error;
  const { code, exitCode, message, hint, cause, data } = isZstdMissing(error) ? zstdMissing() : error;
  if (code !== "LAYER_ZSTD_UNAVAILABLE" && !code.startsWith("TAR_")) return undefined;
  const { digest } = descriptor;
  return new OciBuildError(code, exitCode, {
    message: `the layer ${digest} of ${reference}: ${message}`,
    data: { ...data, reference, digest },
    hint,
    cause,
  });
}

/** Whether a layer is only beyond this Node, which is no fault of the image. */
function isZstdMissing(error: OciBuildError): boolean {
  return isOciBuildError(error, "TAR_COMPRESSION_UNSUPPORTED") && error.data["found"] === "zstd";
}

/** Holds a layer to what its image claims.
 * @throws OciBuildError BASE_LAYER_MISMATCH */
export function checkDiffId(
  { reference }: BaseImage,
  { descriptor, diffId }: BaseLayer,
  found: DiffId,
): void {
  if (found === diffId) return;
  throw buildError("BASE_LAYER_MISMATCH", {
    message: `the layer ${descriptor.digest} of ${reference} unpacks to ${found}, its config tells of ${diffId}`,
    data: { reference, digest: descriptor.digest, expected: diffId, found },
  });
}
