import type { Digest, LayerSegment, LayerTree } from "@oci-build/oci";

/** A blob being written. Nothing is visible in the store before `commit`; `discard` after a commit does nothing. */
export interface BlobWriter extends AsyncDisposable {
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the blob visible under its digest and gives that and its size. Losing a race to identical bytes is success.
   * @throws OciBuildError CACHE_DIGEST_MISMATCH when `expected` is given and differs */
  commit(expected?: Digest): Promise<{ readonly digest: Digest; readonly size: number }>;
  discard(): Promise<void>;
}

/** Where blobs live by digest. Identical concurrent writes are harmless. */
export interface BlobStore {
  /** Bytes as stored, or undefined when the store does not have it. */
  size(digest: Digest): Promise<number | undefined>;
  /** The blob's bytes from `offset` (default 0), `length` of them (default: to the end). A whole read is verified:
   * the stream fails at its end when the bytes do not have the digest. The caller may stop early.
   * @throws OciBuildError CACHE_BLOB_MISSING, CACHE_BLOB_CORRUPT */
  read(digest: Digest, range?: { offset: number; length?: number }): AsyncIterable<Uint8Array>;
  /** Starts a new blob. */
  writer(): Promise<BlobWriter>;
}

/** A layer as a step's record refers to it: one form of the step's content. */
export interface StoredLayer {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly uncompressedSize: number;
  readonly tree: LayerTree;
  readonly segments: readonly LayerSegment[];
}
