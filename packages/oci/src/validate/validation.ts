import type { Digest } from "../digest.js";
import type { ImageSource } from "../image/image-source.js";
import type { CheckedLayer } from "./check-layer.js";
import type { FoundImage } from "./found-image.js";
import type { MismatchLog } from "./mismatch.js";

/** What one run of the validator shares: each blob is read once for its digest and each layer once for its diffID. */
export interface Validation {
  readonly source: ImageSource;
  readonly log: MismatchLog;
  readonly signal: AbortSignal | undefined;
  /** Sizes of the blobs that were hashed; undefined for missing ones. */
  readonly blobSizes: Map<Digest, number | undefined>;
  readonly layers: Map<string, CheckedLayer>;
  /** The images that a manifest or index leads to. */
  readonly images: Map<Digest, readonly FoundImage[]>;
}
