import { type Digest, digestHex } from "@oci-build/oci";
import type { HashWork } from "../snapshot.js";
import type { DigestColumn } from "./digest-column.js";
import type { TreeTable } from "./tree-table.js";

/** The digests of a table's files, each computed once at most. Names of one file share the row of the first. */
export class RowDigests {
  readonly column: DigestColumn;
  readonly #table: Pick<TreeTable, "columns" | "linkGroups">;
  readonly #pending = new Map<number, Promise<Digest>>();
  #hashed: HashWork = { files: 0, bytes: 0 };

  constructor(table: Pick<TreeTable, "columns" | "linkGroups">, column: DigestColumn) {
    this.#table = table;
    this.column = column;
  }

  /** See `Snapshot.hashed`. */
  get hashed(): HashWork {
    return this.#hashed;
  }

  has(row: number): boolean {
    return this.column.has(this.#firstRow(row));
  }

  /** The digest of a file. `hash` is asked for it, in hex, where nobody knows it and nobody is at it. */
  get(row: number, hash: () => string | Promise<string>): Digest | Promise<Digest> {
    const first = this.#firstRow(row);
    return this.column.get(first) ?? this.#pending.get(first) ?? this.#hash(first, hash);
  }

  /** Takes a digest that was computed elsewhere. */
  remember(row: number, digest: Digest): void {
    const first = this.#firstRow(row);
    if (!this.column.has(first)) this.#set(first, digestHex(digest));
  }

  #firstRow(row: number): number {
    return this.#table.linkGroups.get(row) ?? row;
  }

  #hash(row: number, hash: () => string | Promise<string>): Digest | Promise<Digest> {
    const hex = hash();
    if (typeof hex === "string") return this.#set(row, hex);
    const pending = hex.then((found) => this.#set(row, found)).finally(() => this.#pending.delete(row));
    this.#pending.set(row, pending);
    return pending;
  }

  #set(row: number, hex: string): Digest {
    const { files, bytes } = this.#hashed;
    this.#hashed = { files: files + 1, bytes: bytes + (this.#table.columns.size[row] ?? 0) };
    return this.column.set(row, hex);
  }
}
