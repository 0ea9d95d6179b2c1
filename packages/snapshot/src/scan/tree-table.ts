import type { Xattrs } from "@oci-build/oci";
import type { TreeColumns } from "./tree-columns.js";

/** The entries of a tree by column, in the order of `compareTreePaths`; row 0 is the root. What few entries have
 * stands aside by row. `linkGroups` gives the first row of the file that a row is a hard link of; `linkPrefix` tells
 * the groups of this table from those of others in the same tree. */
export interface TreeTable {
  readonly count: number;
  readonly names: readonly string[];
  readonly columns: TreeColumns;
  readonly targets: ReadonlyMap<number, string>;
  readonly rdevs: ReadonlyMap<number, bigint>;
  readonly xattrs: ReadonlyMap<number, Xattrs>;
  readonly linkGroups: ReadonlyMap<number, number>;
  readonly linkPrefix?: string | undefined;
}
