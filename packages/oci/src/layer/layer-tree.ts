import type { DiffId, Digest } from "../digest.js";
import type { DeviceEntry, DirectoryEntry, FifoEntry, FileEntry, SymlinkEntry } from "../entry.js";
import type { LayerHardLink, OpaqueDirectory, Whiteout } from "./layer-entry.js";

/** A file of a layer. `dataOffset` is where its bytes begin in the uncompressed tar. */
export interface TreeFile extends FileEntry {
  readonly digest: Digest;
  readonly dataOffset: number;
}

export type TreeEntry =
  | DirectoryEntry
  | TreeFile
  | LayerHardLink
  | SymlinkEntry
  | FifoEntry
  | DeviceEntry
  | Whiteout
  | OpaqueDirectory;

/** The members of one layer without their bytes, in the layer's order. */
export interface LayerTree {
  readonly diffId: DiffId;
  readonly entries: readonly TreeEntry[];
}

/** One independently compressed run of a layer's tar.
 *
 * `rawOffset`/`rawSize` place it in the uncompressed tar, `offset`/`size` its compressed bytes in the blob (after the
 * gzip header; it ends with a full flush, so it inflates alone as raw deflate). `rawCrc32` is of the raw bytes,
 * `digest` of the compressed ones. `key` is the SHA-256 of the raw bytes with codec, level and compressor. */
export interface LayerSegment {
  readonly key: string;
  readonly rawOffset: number;
  readonly rawSize: number;
  readonly rawCrc32: number;
  readonly offset: number;
  readonly size: number;
  readonly digest: Digest;
}

/** What a written layer is: its identities and all that is needed to read it at random and to reuse its parts. */
export interface LayerWritten {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes as stored. */
  readonly size: number;
  readonly diffId: DiffId;
  readonly uncompressedSize: number;
  readonly segments: readonly LayerSegment[];
  readonly tree: LayerTree;
}
