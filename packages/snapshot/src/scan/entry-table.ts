import type { ScanColumns } from "./scan-columns.js";
import type { TreeTable } from "./tree-table.js";

/** The entries of a scanned tree. */
export interface EntryTable extends TreeTable {
  readonly columns: ScanColumns;
  readonly devs: readonly bigint[];
}
