import { type Digest, digestHex, type Entry, type FileReader } from "@oci-build/oci";
import type { HashWork, Snapshot } from "../snapshot.js";
import type { Subtree } from "../subtree/subtree.js";
import { DigestColumn } from "./digest-column.js";
import type { TarArchive } from "./scan-tar-archive.js";
import { hashTarFile, TAR_HASH_BUFFER_BYTES, type TarFilePlace, TarFileReader } from "./scan-tar-file.js";
import type { TarTable } from "./scan-tar-table.js";
import { TableView } from "./table-view.js";

/** The tree of an archive. It holds the archive open until it is disposed of; from then on its files cannot be read,
 * while entries and known digests stay as they are. */
export interface TarSnapshot extends Snapshot, AsyncDisposable {
  subtree(path: string): Subtree | undefined;
  rememberDigest(path: string, digest: Digest): void;
  /** Entries without the root. */
  readonly entryCount: number;
  readonly hashed: HashWork;
}

/** A snapshot of a tree whose files all lie in the archive, which is closed with it. */
export function tarSnapshot(found: TarTable, archive: TarArchive): TarSnapshot {
  return new ScannedTar(found, archive);
}

class ScannedTar implements TarSnapshot {
  readonly entryCount: number;
  readonly #found: TarTable;
  readonly #view: TableView;
  readonly #archive: TarArchive;
  readonly #digests: DigestColumn;
  readonly #pending = new Map<number, Promise<Digest>>();
  #buffer: Uint8Array | undefined;
  #hashed: HashWork = { files: 0, bytes: 0 };

  constructor(found: TarTable, archive: TarArchive) {
    this.#found = found;
    this.#view = new TableView(found.table);
    this.#archive = archive;
    this.#digests = new DigestColumn(found.table.count);
    this.entryCount = found.table.count - 1;
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
      hash: (row, at) => this.#digestOf(row, at),
      open: (row, at) => new TarFileReader(this.#place(row, at)),
      isChanged: (row) => !this.#digests.has(this.#firstRow(row)),
      checksBytes: () => false,
    });
  }

  openFile(path: string): FileReader {
    return new TarFileReader(this.#place(this.#view.fileRow(path), path));
  }

  fileDigest(path: string): Digest | Promise<Digest> {
    return this.#digestOf(this.#view.fileRow(path), path);
  }

  isChanged(path: string): boolean {
    return !this.#digests.has(this.#firstRow(this.#view.fileRow(path)));
  }

  rememberDigest(path: string, digest: Digest): void {
    const row = this.#firstRow(this.#view.fileRow(path));
    if (!this.#digests.has(row)) this.#remember(row, digestHex(digest));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#archive.close();
  }

  /** The row of a file's first name, which has the digest. */
  #firstRow(row: number): number {
    return this.#found.table.linkGroups.get(row) ?? row;
  }

  #place(row: number, path: string): TarFilePlace {
    const { table, dataOffsets } = this.#found;
    const size = table.columns.size[row] ?? 0;
    return { archive: this.#archive, path, offset: dataOffsets[row] ?? 0, size };
  }

  #digestOf(row: number, path: string): Digest | Promise<Digest> {
    const first = this.#firstRow(row);
    return this.#digests.get(first) ?? this.#pending.get(first) ?? this.#hash(first, path);
  }

  #hash(row: number, path: string): Digest | Promise<Digest> {
    this.#buffer ??= new Uint8Array(TAR_HASH_BUFFER_BYTES);
    const hex = hashTarFile(this.#place(row, path), this.#buffer);
    if (typeof hex === "string") return this.#remember(row, hex);
    const pending = hex.then((found) => this.#remember(row, found)).finally(() => this.#pending.delete(row));
    this.#pending.set(row, pending);
    return pending;
  }

  #remember(row: number, hex: string): Digest {
    const { files, bytes } = this.#hashed;
    this.#hashed = { files: files + 1, bytes: bytes + (this.#found.table.columns.size[row] ?? 0) };
    return this.#digests.set(row, hex);
  }
}
