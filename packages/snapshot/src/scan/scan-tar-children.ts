import type { TreeTable } from "./tree-table.js";

/** The rows in each directory of a table, sorted by name: those of directory `d` are `rows[starts[d]]` up to
 * `rows[starts[d + 1]]`. */
export interface SortedChildren {
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
}

/** The children of a table whose rows stand in any order; undefined when a directory has two of one name. */
export function sortedChildren({ count, names, columns }: TreeTable): SortedChildren | undefined {
  const children = childrenOf(count, columns.parent);
  for (let directory = 0; directory < count; directory += 1) {
    const [start, end] = [children.starts[directory] ?? 0, children.starts[directory + 1] ?? 0];
    if (end - start < 2) continue;
    const rows = children.rows.subarray(start, end);
    if (orderOf(names, rows) === "other") rows.sort((a, b) => ((names[a] ?? "") < (names[b] ?? "") ? -1 : 1));
    if (orderOf(names, rows) === "other") return undefined;
  }
  return children;
}

/** The row of a name in a directory. */
export function childNamed(
  { starts, rows }: SortedChildren,
  names: readonly string[],
  { directory, name }: { readonly directory: number; readonly name: string },
): number | undefined {
  let low = starts[directory] ?? 0;
  let high = starts[directory + 1] ?? 0;
  const end = high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[rows[middle] ?? 0] ?? "") < name) low = middle + 1;
    else high = middle;
  }
  const row = rows[low];
  return low < end && row !== undefined && names[row] === name ? row : undefined;
}

/** Rows stay in their order within each directory. */
function childrenOf(count: number, parent: Uint32Array): SortedChildren {
  const starts = new Uint32Array(count + 1);
  for (let row = 1; row < count; row += 1) increment(starts, (parent[row] ?? 0) + 1);
  for (let row = 1; row <= count; row += 1) starts[row] = (starts[row] ?? 0) + (starts[row - 1] ?? 0);
  const next = starts.slice();
  const rows = new Uint32Array(Math.max(count - 1, 0));
  for (let row = 1; row < count; row += 1) rows[increment(next, parent[row] ?? 0)] = row;
  return { starts, rows };
}

/** Adds one and gives the value before. */
function increment(counts: Uint32Array, at: number): number {
  const before = counts[at] ?? 0;
  counts[at] = before + 1;
  return before;
}

/** Whether each name comes after the one before it. */
function orderOf(names: readonly string[], rows: Uint32Array): "sorted" | "other" {
  let before = names[rows[0] ?? 0] ?? "";
  for (let at = 1; at < rows.length; at += 1) {
    const name = names[rows[at] ?? 0] ?? "";
    if (name <= before) return "other";
    before = name;
  }
  return "sorted";
}
