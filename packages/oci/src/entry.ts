/** Extended attributes by full name (`user.note`, `security.capability`), sorted by name. */
export type Xattrs = ReadonlyMap<string, Uint8Array>;

/** What every name in a file tree has, whatever its type.
 *
 * `path` is relative to the tree's root, with `/` and no leading or trailing slash; the root itself is `""`.
 * A name that is not UTF-8 keeps its bytes: see `decodePath`.
 * `mode` holds the lower twelve bits (07777). `mtimeSec` is whole seconds since 1970 and may be negative. */
export interface EntryMeta {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSec: number;
  readonly xattrs?: Xattrs | undefined;
}

export interface DirectoryEntry extends EntryMeta {
  readonly type: "directory";
}

/** `size` in bytes. Files of one tree with the same `linkGroup` are hard links of each other. */
export interface FileEntry extends EntryMeta {
  readonly type: "file";
  readonly size: number;
  readonly linkGroup?: string | undefined;
}

/** `target` is the link's text as it stands, with the same byte rule as `path`. */
export interface SymlinkEntry extends EntryMeta {
  readonly type: "symlink";
  readonly target: string;
}

export interface FifoEntry extends EntryMeta {
  readonly type: "fifo";
}

export interface DeviceEntry extends EntryMeta {
  readonly type: "character-device" | "block-device";
  readonly deviceMajor: number;
  readonly deviceMinor: number;
}

/** One name of a file tree, without the bytes of a file. */
export type Entry = DirectoryEntry | FileEntry | SymlinkEntry | FifoEntry | DeviceEntry;

/** Reads a file's bytes once, from its start.
 * `read` fills `target` from its beginning and gives the count of bytes read, 0 at the end; it may be shorter
 * than asked. Results are plain numbers where no waiting is needed, so that 100,000 small files cost no promises.
 * The caller closes it, also after an error. */
export interface FileReader {
  read(target: Uint8Array): number | Promise<number>;
  close(): void | Promise<void>;
}

/** Opens a file's bytes; each call gives a reader of its own. */
export type OpenFile = () => FileReader | Promise<FileReader>;
