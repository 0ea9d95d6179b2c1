import type { BlobSource, ByteRange, Digest } from "@oci-build/oci";
import type { ReadBlobOptions } from "@oci-build/registry";

/** Gives an image's blobs, verified. The options are for those of a registry; what is near has no need of them. */
export interface ImageBlobs extends BlobSource {
  read(digest: Digest, range?: ByteRange, options?: ReadBlobOptions): AsyncIterable<Uint8Array>;
}
