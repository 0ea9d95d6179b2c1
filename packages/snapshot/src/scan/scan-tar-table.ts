import type { PatternMatcher } from "../patterns/pattern-matcher.js";
import { entryKinds } from "./entry-kind.js";
import type { TreeColumns, TreeTable } from "./entry-table.js";
import { childNamed, type SortedChildren, sortedChildren } from "./scan-tar-children.js";
import type { DraftTable, TarDraft } from "./scan-tar-draft.js";
import { treeOrder } from "./scan-tar-order.js";

/** The entries of an archive by column, in the tree's order. `dataOffsets` has where the bytes of each row's file begin;
 * hard links of one file have the same. */
export interface TarTable {
  readonly table: TreeTable;
  readonly dataOffsets: Float64Array;
}

const fileKind = entryKinds.indexOf("file");

/** The table of a regular archive; undefined when it names something twice, or links to what is no file before the link. */
export function tarTableOfDraft(draft: TarDraft, ignore: PatternMatcher | undefined): TarTable | undefined {
  const children = sortedChildren(draft.builder.table());
  if (children === undefined || linkRows(draft, children) === "irregular") return undefined;
  return inTreeOrder({ table: draft.builder.table(), dataOffsets: draft.dataOffsets }, children, ignore);
}

/** The table of rows that stand in the tree's order already.
 * @throws TypeError when a directory has two entries of one name */
export function tarTableOfTree(draft: DraftTable, ignore: PatternMatcher | undefined): TarTable {
  const children = sortedChildren(draft.table);
  if (children === undefined) throw new TypeError("a tree has two entries of one path");
  return inTreeOrder(draft, children, ignore);
}

function linkRows(draft: TarDraft, children: SortedChildren): "linked" | "irregular" {
  if (draft.links.length === 0) return "linked";
  const { names, columns, linkGroups } = draft.builder.table();
  for (const { row, target } of draft.links) {
    const slash = target.lastIndexOf("/");
    const directory = draft.directory(target.slice(0, Math.max(slash, 0)));
    if (directory === undefined) return "irregular";
    const found = childNamed(children, names, { directory, name: target.slice(slash + 1) });
    if (found === undefined || found >= row || columns.kind[found] !== fileKind) return "irregular";
    const first = linkGroups.get(found) ?? found;
    draft.builder.link(row, first);
    draft.dataOffsets[row] = draft.dataOffsets[first] ?? 0;
  }
  return "linked";
}

function inTreeOrder(
  { table, dataOffsets }: DraftTable,
  children: SortedChildren,
  ignore: PatternMatcher | undefined,
): TarTable {
  const order = treeOrder(table, children, ignore);
  const names = new Array<string>(order.length);
  order.forEach((row, at) => {
    names[at] = table.names[row] ?? "";
  });
  return {
    table: {
      count: order.length,
      names,
      columns: columnsInOrder(table.columns, order),
      targets: inOrder(table.targets, order),
      rdevs: inOrder(table.rdevs, order),
      xattrs: inOrder(table.xattrs, order),
      linkGroups: linkGroupsInOrder(table.linkGroups, order),
    },
    dataOffsets: Float64Array.from(order, (row) => dataOffsets[row] ?? 0),
  };
}

function columnsInOrder(columns: TreeColumns, order: Uint32Array): TreeColumns {
  const places = new Uint32Array(columns.kind.length);
  for (let at = 0; at < order.length; at += 1) places[order[at] ?? 0] = at;
  return {
    parent: gathered(new Uint32Array(order.length), columns.parent, order).map((row) => places[row] ?? 0),
    kind: gathered(new Uint8Array(order.length), columns.kind, order),
    mode: gathered(new Uint16Array(order.length), columns.mode, order),
    uid: gathered(new Uint32Array(order.length), columns.uid, order),
    gid: gathered(new Uint32Array(order.length), columns.gid, order),
    size: gathered(new Float64Array(order.length), columns.size, order),
    mtimeSec: gathered(new Float64Array(order.length), columns.mtimeSec, order),
  };
}

type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

function gathered<T extends Column>(target: T, from: T, order: Uint32Array): T {
  for (let at = 0; at < order.length; at += 1) target[at] = from[order[at] ?? 0] ?? 0;
  return target;
}

function inOrder<T>(byRow: ReadonlyMap<number, T>, order: Uint32Array): ReadonlyMap<number, T> {
  const found = new Map<number, T>();
  if (byRow.size === 0) return found;
  for (let at = 0; at < order.length; at += 1) {
    const value = byRow.get(order[at] ?? 0);
    if (value !== undefined) found.set(at, value);
  }
  return found;
}

/** The first of a file's names is another one here, and may be the only one that is left. */
function linkGroupsInOrder(
  groups: ReadonlyMap<number, number>,
  order: Uint32Array,
): ReadonlyMap<number, number> {
  const firsts = new Map<number, number>();
  const found = new Map<number, number>();
  for (const [at, group] of inOrder(groups, order)) {
    const first = firsts.get(group);
    if (first === undefined) firsts.set(group, at);
    else found.set(first, first).set(at, first);
  }
  return found;
}
