import type { Digest, Entry, FileReader } from "@oci-build/oci";
import type { HashWork, Snapshot } from "../snapshot.js";
import type { Subtree } from "../subtree/subtree.js";
import { DigestColumn } from "./digest-column.js";
import { RowDigests } from "./row-digests.js";
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
  readonly #digests: RowDigests;
  #buffer: Uint8Array | undefined;

  constructor(found: TarTable, archive: TarArchive) {
    this.#found = found;
    this.#view = new TableView(found.table);
    this.#archive = archive;
    this.#digests = new RowDigests(found.table, new DigestColumn(found.table.count));
    this.entryCount = found.table.count - 1;
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
      open: (row, at) => new TarFileReader(this.#place(row, at)),
      isChanged: (row) => !this.#digests.has(row),
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
    return !this.#digests.has(this.#view.fileRow(path));
  }

  rememberDigest(path: string, digest: Digest): void {
    this.#digests.remember(this.#view.fileRow(path), digest);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#archive.close();
  }

  #place(row: number, path: string): TarFilePlace {
    const { table, dataOffsets } = this.#found;
    const size = table.columns.size[row] ?? 0;
    return { archive: this.#archive, path, offset: dataOffsets[row] ?? 0, size };
  }

  #digestOf(row: number, path: string): Digest | Promise<Digest> {
    return this.#digests.get(row, () => {
      this.#buffer ??= new Uint8Array(TAR_HASH_BUFFER_BYTES);
      return hashTarFile(this.#place(row, path), this.#buffer);
    });
  }
}
