import type { Digest, Entry, FileReader } from "@oci-build/oci";
import type { Subtree } from "./subtree/subtree.js";

/** How much was really read to give digests. */
export interface HashWork {
  readonly files: number;
  readonly bytes: number;
}

/** An immutable file tree. Nothing in it changes after it was made, whatever happens to where it came from;
 * a file whose bytes no longer fit its entry fails when it is read.
 *
 * Paths are relative to the root, without leading or trailing slash; the root is `""`. Links are never followed
 * here: see `resolvePath`. */
export interface Snapshot {
  /** Every entry but the root, in the order of `compareTreePaths`. */
  entries(): Iterable<Entry>;
  /** The entry at exactly this path; the root is a directory that always exists. */
  get(path: string): Entry | undefined;
  /** The names in a directory, sorted; undefined when the path is no directory. */
  list(path: string): readonly string[] | undefined;
  /** Opens a file's bytes. The reader gives exactly `size` bytes or fails.
   * @throws OciBuildError SNAPSHOT_NOT_A_FILE, SNAPSHOT_FILE_CHANGED, SNAPSHOT_FILE_UNREADABLE */
  openFile(path: string): FileReader | Promise<FileReader>;
  /** SHA-256 of a file's bytes; read at most once, then remembered.
   * @throws OciBuildError as `openFile` */
  fileDigest(path: string): Digest | Promise<Digest>;
  /** Whether a file has to be read, and is not as the scan before saw it. A young file may have to be read though it is. */
  isChanged?(path: string): boolean;
  /** Takes a file's digest from whoever read it through `openFile` to its end, so that nobody reads it again. */
  rememberDigest?(path: string, digest: Digest): void;
  /** True for a file that any change since its digest was taken makes unreadable, so that bytes which were read need not
   * be hashed again. */
  checksBytes?(path: string): boolean;
  /** What was read so far to know digests, here or by those who told them; names of one file count once. */
  readonly hashed?: HashWork;
  /** True when nothing was known of the files of this tree when it was made: each has to be read. */
  readonly isNew?: boolean;
  /** All below a directory at once, where the tree has it by columns; undefined where it has not, and when the path is
   * no directory. */
  subtree?(path: string): Subtree | undefined;
}
