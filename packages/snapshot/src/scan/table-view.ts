import type { Entry } from "@oci-build/oci";
import { type RowFiles, Subtree } from "../subtree/subtree.js";
import { notAFile } from "./file-check.js";
import { type RowLookup, rowLookup } from "./row-lookup.js";
import { entryOfRow, pathOfRow, typeOfRow } from "./table-entry.js";
import type { TreeTable } from "./tree-table.js";

/** What a snapshot says of names, from a table. The way from paths to rows is made when somebody asks for a path. */
export class TableView {
  readonly #table: TreeTable;
  #lookup: RowLookup | undefined;

  constructor(table: TreeTable) {
    this.#table = table;
  }

  /** See `Snapshot.entries`. */
  *entries(): Iterable<Entry> {
    const table = this.#table;
    let directory = { row: 0, path: "" };
    for (let row = 1; row < table.count; row++) {
      const parent = table.columns.parent[row] ?? 0;
      if (parent !== directory.row) directory = { row: parent, path: pathOfRow(table, parent) };
      const name = table.names[row] ?? "";
      const path = parent === 0 ? name : `${directory.path}/${name}`;
      yield entryOfRow(table, row, path);
      if (typeOfRow(table, row) === "directory") directory = { row, path };
    }
  }

  /** See `Snapshot.get`. */
  get(path: string): Entry | undefined {
    const row = this.#rows().find(path);
    return row === undefined ? undefined : entryOfRow(this.#table, row, path);
  }

  /** See `Snapshot.list`. */
  list(path: string): readonly string[] | undefined {
    const row = this.#directoryRow(path);
    if (row === undefined) return undefined;
    return Array.from(this.#rows().entriesOf(row), (entry) => this.#table.names[entry] ?? "");
  }

  /** See `Snapshot.subtree`. */
  subtree(path: string, files: Omit<RowFiles, "table">): Subtree | undefined {
    const row = this.#directoryRow(path);
    return row === undefined ? undefined : new Subtree({ ...files, table: this.#table }, { row, path });
  }

  /** The row of a file.
   * @throws OciBuildError SNAPSHOT_NOT_A_FILE */
  fileRow(path: string): number {
    const row = this.#rows().find(path);
    if (row === undefined) throw notAFile(path, "nothing");
    const type = typeOfRow(this.#table, row);
    if (type !== "file") throw notAFile(path, type);
    return row;
  }

  #directoryRow(path: string): number | undefined {
    const row = this.#rows().find(path);
    return row === undefined || typeOfRow(this.#table, row) !== "directory" ? undefined : row;
  }

  #rows(): RowLookup {
    this.#lookup ??= rowLookup(this.#table);
    return this.#lookup;
  }
}
