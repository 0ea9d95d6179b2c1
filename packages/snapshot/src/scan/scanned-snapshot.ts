import type { Digest, Entry, FileReader } from "@oci-build/oci";
import type { HashWork, Snapshot } from "../snapshot.js";
import type { Subtree } from "../subtree/subtree.js";
import type { ContextFileSystem } from "./context-file-system.js";
import type { DigestColumn } from "./digest-column.js";
import type { EntryTable } from "./entry-table.js";
import { HASH_BUFFER_SIZE, hashScannedFile } from "./hash-scanned-file.js";
import { rowFlags } from "./index/row-flags.js";
import { nativePath } from "./native-path.js";
import { openScannedFile, type ScannedFile } from "./open-scanned-file.js";
import { RowDigests } from "./row-digests.js";
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
  readonly #digests: RowDigests;
  readonly #view: TableView;
  #buffer: Uint8Array | undefined;

  constructor({ table, root, fs, digests, work, isNew }: ScannedTable) {
    this.#table = table;
    this.#view = new TableView(table);
    this.#root = root;
    this.#fs = fs;
    this.#digests = new RowDigests(table, digests);
    this.work = work;
    this.isNew = isNew;
    this.entryCount = table.count - 1;
  }

  get hashed(): HashWork {
    return this.#digests.hashed;
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
      digests: this.#digests.column,
      hash: (row, at) => this.#digestOf(row, at),
      open: (file, at) => openScannedFile(this.#file(file, at)),
      isChanged: (file) => this.#isChanged(file),
      checksBytes: (file) => this.#checksBytes(file),
    });
  }

  openFile(path: string): FileReader {
    return openScannedFile(this.#file(this.#view.fileRow(path), path));
  }

  fileDigest(path: string): Digest | Promise<Digest> {
    return this.#digestOf(this.#view.fileRow(path), path);
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
    return !this.#digests.has(row) && this.#table.columns.earlier[row] === 0;
  }

  rememberDigest(path: string, digest: Digest): void {
    this.#digests.remember(this.#view.fileRow(path), digest);
  }

  #digestOf(row: number, path: string): Digest | Promise<Digest> {
    return this.#digests.get(row, () => {
      this.#buffer ??= new Uint8Array(HASH_BUFFER_SIZE);
      return hashScannedFile(this.#file(row, path), this.#buffer);
    });
  }

  #file(row: number, path: string): ScannedFile {
    return { fs: this.#fs, table: this.#table, row, path, native: nativePath(this.#root, path) };
  }
}
