import type { DiffId, Digest } from "../digest.js";
import type { DeviceEntry, DirectoryEntry, FifoEntry, FileEntry, SymlinkEntry } from "../entry.js";
import type { LayerCompression } from "../image/media-types.js";
import type { LayerHardLink, OpaqueDirectory, Whiteout } from "./layer-entry.js";
import type { LayerRows } from "./layer-rows.js";

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

/** The members of one layer without their bytes, in the layer's order or as `inTreeOrder` puts them. `rows` are the same members, where they can be
 * had for less than `entries`. */
export interface LayerTree {
  readonly diffId: DiffId;
  readonly entries: readonly TreeEntry[];
  readonly rows?: LayerRows | undefined;
}

/** One independently compressed run of a layer's tar.
 *
 * `rawOffset`/`rawSize` place it in the uncompressed tar, `offset`/`size` its compressed bytes in the blob. With gzip
 * these are raw deflate that ends with a full flush, so it inflates alone; with zstd a frame; with none the raw bytes.
 * `rawCrc32` is of the raw bytes, `digest` of the compressed ones. `key` is the SHA-256 of the raw bytes in hex, a
 * hyphen, and all else that decides the compressed ones: codec, level and compressor. Segments with one key have the
 * same compressed bytes, in any layer. A part of a large file that was hashed while it was written has `filePrefix`: the
 * SHA-256 of that file from its start to the part's end. */
export interface LayerSegment {
  readonly key: string;
  readonly compression: LayerCompression;
  readonly rawOffset: number;
  readonly rawSize: number;
  readonly rawCrc32: number;
  readonly offset: number;
  readonly size: number;
  readonly digest: Digest;
  readonly filePrefix?: Digest | undefined;
}

/** What writing a layer took. Bytes are raw ones; together they are the whole tar. */
export interface LayerWork {
  readonly segmentsReused: number;
  readonly segmentsCompressed: number;
  readonly bytesReused: number;
  readonly bytesCompressed: number;
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
  readonly work: LayerWork;
}
