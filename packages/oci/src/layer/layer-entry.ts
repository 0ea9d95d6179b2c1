import type { Digest } from "../digest.js";
import type {
  DeviceEntry,
  DirectoryEntry,
  EntryMeta,
  FifoEntry,
  FileEntry,
  OpenFile,
  SymlinkEntry,
} from "../entry.js";

/** A file to be written into a layer, perhaps with the digest of its bytes.
 *
 * By default a digest is `expected`: the bytes read are hashed and must have it. One that is `known` is taken over
 * unseen, which saves a hash; for files whose readers make sure themselves that the bytes are still those that were
 * hashed, and fail otherwise. */
export interface LayerFile extends FileEntry {
  readonly open: OpenFile;
  readonly digest?: Digest | undefined;
  readonly digestIs?: "expected" | "known" | undefined;
}

/** Another name of a file that stands earlier in the same layer. `target` is that file's path. */
export interface LayerHardLink extends EntryMeta {
  readonly type: "hardlink";
  readonly target: string;
}

/** Deletes a path of the layers below.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts */
export interface Whiteout {
  readonly type: "whiteout";
  readonly path: string;
}

/** Hides everything that the layers below have in a directory.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#opaque-whiteout */
export interface OpaqueDirectory {
  readonly type: "opaque";
  readonly path: string;
}

/** One member of a layer, in the order of `compareTreePaths`: parents first, a directory's names together. */
export type LayerEntry =
  | DirectoryEntry
  | LayerFile
  | LayerHardLink
  | SymlinkEntry
  | FifoEntry
  | DeviceEntry
  | Whiteout
  | OpaqueDirectory;

/** The entries of a layer in batches, for whoever has to wait now and then: between the entries of a batch nothing waits.
 * Batches are used up in their order, and one may be empty. */
export type LayerEntryBatches = AsyncIterable<Iterable<LayerEntry>>;
