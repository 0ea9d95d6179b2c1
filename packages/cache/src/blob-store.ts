import type { DiffId, Digest, LayerSegment, LayerTree } from "@oci-build/oci";

/** A blob being written. Nothing is visible in the store before `commit`; `discard` after a commit does nothing.
 * Disposing discards. Chunks stand in the order of the calls, and may be reused once their promise is settled. */
export interface BlobWriter extends AsyncDisposable {
  /** @throws OciBuildError CACHE_DISK_FULL, CACHE_NOT_WRITABLE, CACHE_IO_FAILED; `commit` then throws the same */
  write(chunk: Uint8Array): Promise<void>;
  /** The digest of all chunks so far. */
  digest(): Digest;
  /** Makes the blob visible under its digest and gives that and its size. Losing a race to identical bytes is success,
   * and a damaged blob of that digest is replaced.
   * @throws OciBuildError CACHE_DIGEST_MISMATCH when `expected` is given and differs; as `write` */
  commit(expected?: Digest): Promise<{ readonly digest: Digest; readonly size: number }>;
  discard(): Promise<void>;
}

/** A part of a blob, in bytes. `length` reaches to the end when left out. */
export interface BlobRange {
  readonly offset: number;
  readonly length?: number | undefined;
}

/** Where blobs live by digest. Identical concurrent writes are harmless. */
export interface BlobStore {
  /** Bytes as stored, or undefined when the store does not have it. */
  size(digest: Digest): Promise<number | undefined>;
  /** The blob's bytes from `offset` (default 0), `length` of them (default: to the end). A whole read is verified:
   * the stream fails at its end when the bytes do not have the digest, unless this store wrote them itself and the
   * file is as it was then. A range that the blob does not have fails too;
   * whether its bytes are right is for the caller to check. The caller may stop early, and owns the chunks.
   * @throws OciBuildError CACHE_BLOB_MISSING, CACHE_BLOB_CORRUPT, CACHE_IO_FAILED */
  read(digest: Digest, range?: BlobRange): AsyncIterable<Uint8Array>;
  /** Starts a new blob. */
  writer(): Promise<BlobWriter>;
  /** Removes a blob, for example one that proved corrupt; it is missing from then on. An absent one is no error. */
  forget(digest: Digest): Promise<void>;
}

/** A layer as a step's record refers to it: one form of the step's content. JSON-safe. */
export interface LayerBlob {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes as stored. */
  readonly size: number;
  readonly diffId: DiffId;
  readonly uncompressedSize: number;
}

/** A layer that the store has in full. What is in `tree` is decoded when first asked for. */
export interface StoredLayer extends LayerBlob {
  readonly tree: LayerTree;
  readonly segments: readonly LayerSegment[];
}
