import type { Digest } from "../digest.js";
import type { ImageSource } from "../image/image-source.js";
import type { CheckedLayer } from "./check-layer.js";
import type { FoundImage } from "./found-image.js";
import type { MismatchLog } from "./mismatch.js";

/** How far the validator follows one layer of a hostile image. */
export interface ValidateLimits {
  /** Bytes that a layer may decompress to. */
  readonly layerBytes: number;
  /** Characters of all names of a layer, which are held in memory to find duplicates. */
  readonly layerNameChars: number;
}

/** Beyond any layer that is in use. */
export const defaultLimits: ValidateLimits = {
  layerBytes: 256 * 1024 ** 3,
  layerNameChars: 256 * 1024 ** 2,
};

/** What one run of the validator shares: each blob is read once for its digest and each layer once for its diffID. */
export interface Validation {
  readonly source: ImageSource;
  readonly log: MismatchLog;
  readonly signal: AbortSignal | undefined;
  readonly limits: ValidateLimits;
  /** Sizes of the blobs that were hashed; undefined for missing ones. */
  readonly blobSizes: Map<Digest, number | undefined>;
  readonly layers: Map<string, CheckedLayer>;
  /** The images that a manifest or index leads to. */
  readonly images: Map<Digest, readonly FoundImage[]>;
}
