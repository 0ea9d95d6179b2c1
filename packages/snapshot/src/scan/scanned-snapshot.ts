import { type Digest, digestHex, type Entry, type FileReader } from "@oci-build/oci";
import type { HashWork, Snapshot } from "../snapshot.js";
import type { Subtree } from "../subtree/subtree.js";
import type { ContextFileSystem } from "./context-file-system.js";
import type { DigestColumn } from "./digest-column.js";
import type { EntryTable } from "./entry-table.js";
import { HASH_BUFFER_SIZE, hashScannedFile } from "./hash-scanned-file.js";
import { rowFlags } from "./index/row-flags.js";
import { nativePath } from "./native-path.js";
import { openScannedFile, type ScannedFile } from "./open-scanned-file.js";
import { TableView } from "./table-view.js";
import type { ScanWork } from "./walk-options.js";

/** A tree that lies on a file system, as a scan saw it. */
export interface ScannedSnapshot extends Snapshot {
  subtree(path: string): Subtree | undefined;
  rememberDigest(path: string, digest: Digest): void;
  /** Entries without the root. */
  readonly entryCount: number;
  /** What was read so far to know digests, here or by those who told them; names of one file count once. */
  readonly hashed: HashWork;
  /** What the scan asked of the file system. */
  readonly work: ScanWork;
}

/** A finished scan: its files lie below `root`. */
export interface ScannedTable {
  readonly table: EntryTable;
  readonly root: string;
  readonly fs: ContextFileSystem;
  /** Those that are known by now. */
  readonly digests: DigestColumn;
  readonly work: ScanWork;
  /** Whether an index was looked for and found none. */
  readonly isNew: boolean;
}

/** The snapshot of a scan. */
export function scannedSnapshot(scan: ScannedTable): ScannedSnapshot {
  return new TableSnapshot(scan);
}

/** A class because it remembers digests and keeps a buffer. */
class TableSnapshot implements ScannedSnapshot {
  readonly entryCount: number;
  readonly work: ScanWork;
  readonly isNew: boolean;
  readonly #table: EntryTable;
  readonly #root: string;
  readonly #fs: ContextFileSystem;
  readonly #digests: DigestColumn;
  readonly #pending = new Map<number, Promise<Digest>>();
  readonly #view: TableView;
  #buffer: Uint8Array | undefined;
  #hashed: HashWork = { files: 0, bytes: 0 };

  constructor({ table, root, fs, digests, work, isNew }: ScannedTable) {
    this.#table = table;
    this.#view = new TableView(table);
    this.#root = root;
    this.#fs = fs;
    this.#digests = digests;
    this.work = work;
    this.isNew = isNew;
    this.entryCount = table.count - 1;
  }

  get hashed(): HashWork {
    return this.#hashed;
  }

  entries(): Iterable<Entry> {
    return this.#view.entries();
  }

  get(path: string): Entry | undefined {
    return this.#view.get(path);
  }

  list(path: string): readonly string[] | undefined {
    return this.#view.list(path);
  }

  subtree(path: string): Subtree | undefined {
    return this.#view.subtree(path, {
      digests: this.#digests,
      hash: (file, at) => this.#digestOf(this.#file(file, at)),
      open: (file, at) => openScannedFile(this.#file(file, at)),
      isChanged: (file) => this.#isChanged(file),
      checksBytes: (file) => this.#checksBytes(file),
    });
  }

  openFile(path: string): FileReader {
    return openScannedFile(this.#file(this.#view.fileRow(path), path));
  }

  fileDigest(path: string): Digest | Promise<Digest> {
    return this.#digestOf(this.#file(this.#view.fileRow(path), path));
  }

  /** A reader compares stats before the first byte and behind the last, and those of settled rows tell every change. */
  checksBytes(path: string): boolean {
    return this.#checksBytes(this.#view.fileRow(path));
  }

  #checksBytes(row: number): boolean {
    return ((this.#table.columns.flags[row] ?? 0) & rowFlags.settled) !== 0;
  }

  isChanged(path: string): boolean {
    return this.#isChanged(this.#view.fileRow(path));
  }

  #isChanged(row: number): boolean {
    const { linkGroups, columns } = this.#table;
    return !this.#digests.has(linkGroups.get(row) ?? row) && columns.earlier[row] === 0;
  }

  rememberDigest(path: string, digest: Digest): void {
    const own = this.#view.fileRow(path);
    const row = this.#table.linkGroups.get(own) ?? own;
    if (!this.#digests.has(row)) this.#remember(row, digestHex(digest));
  }

  #digestOf(file: ScannedFile): Digest | Promise<Digest> {
    const row = this.#table.linkGroups.get(file.row) ?? file.row;
    return this.#digests.get(row) ?? this.#pending.get(row) ?? this.#hash(file, row);
  }

  #hash(file: ScannedFile, row: number): Digest | Promise<Digest> {
    this.#buffer ??= new Uint8Array(HASH_BUFFER_SIZE);
    const hex = hashScannedFile(file, this.#buffer);
    if (typeof hex === "string") return this.#remember(row, hex);
    const pending = hex.then((found) => this.#remember(row, found)).finally(() => this.#pending.delete(row));
    this.#pending.set(row, pending);
    return pending;
  }

  #remember(row: number, hex: string): Digest {
    const { files, bytes } = this.#hashed;
    this.#hashed = { files: files + 1, bytes: bytes + (this.#table.columns.size[row] ?? 0) };
    return this.#digests.set(row, hex);
  }

  #file(row: number, path: string): ScannedFile {
    return { fs: this.#fs, table: this.#table, row, path, native: nativePath(this.#root, path) };
  }
}
