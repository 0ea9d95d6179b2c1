import type { PatternMatcher } from "../patterns/pattern-matcher.js";
import { entryKinds } from "./entry-kind.js";
import { childNamed, type SortedChildren, sortedChildren } from "./scan-tar-children.js";
import type { DraftTable, TarDraft } from "./scan-tar-draft.js";
import { treeOrder } from "./scan-tar-order.js";
import type { TreeColumns } from "./tree-columns.js";
import type { TreeTable } from "./tree-table.js";

/** The entries of an archive by column, in the tree's order. `dataOffsets` has where the bytes of each row's file begin;
 * hard links of one file have the same. */
export interface TarTable {
  readonly table: TreeTable;
  readonly dataOffsets: Float64Array;
}

/** For rows that are left out. */
const noPlace = 0xffffffff;

const fileKind = entryKinds.indexOf("file");

/** What becomes of an archive's tree: which entries are left out, and one owner for all others. */
export interface TarTableOptions {
  readonly ignore: PatternMatcher | undefined;
  /** Undefined keeps each entry's own. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/** The table of a regular archive; undefined when it names something twice, or links to what is no file before the link. */
export function tarTableOfDraft(draft: TarDraft, options: TarTableOptions): TarTable | undefined {
  const children = sortedChildren(draft.builder.table());
  if (children === undefined || linkRows(draft, children) === "irregular") return undefined;
  return inTreeOrder({ table: draft.builder.table(), dataOffsets: draft.dataOffsets }, children, options);
}

/** The table of rows that are a tree already.
 * @throws TypeError when a directory has two entries of one name */
export function tarTableOfTree(draft: DraftTable, options: TarTableOptions): TarTable {
  const children = sortedChildren(draft.table);
  if (children === undefined) throw new TypeError("a tree has two entries of one path");
  return inTreeOrder(draft, children, options);
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
  { ignore, owner }: TarTableOptions,
): TarTable {
  const order = treeOrder(table, children, ignore);
  const count = order.length;
  const places = placesOf(order, table.count);
  const names: string[] = [];
  for (const row of order) names.push(table.names[row] ?? "");
  const columns = columnsInOrder(table.columns, order);
  for (let at = 1; at < count; at += 1) columns.parent[at] = places[columns.parent[at] ?? 0] ?? 0;
  if (owner !== undefined) {
    columns.uid.fill(owner.uid);
    columns.gid.fill(owner.gid);
  }
  const { targets, rdevs, xattrs, linkGroups } = table;
  return {
    table: {
      count,
      names,
      columns,
      targets: placed(targets, places),
      rdevs: placed(rdevs, places),
      xattrs: placed(xattrs, places),
      linkGroups: placedGroups(linkGroups, places),
    },
    dataOffsets: gathered(new Float64Array(count), dataOffsets, order),
  };
}

/** The places of rows in an order that leaves some out. */
function placesOf(order: Uint32Array, count: number): Uint32Array {
  const places = new Uint32Array(count).fill(noPlace);
  for (let at = 0; at < order.length; at += 1) places[order[at] ?? 0] = at;
  return places;
}

function columnsInOrder(columns: TreeColumns, order: Uint32Array): TreeColumns {
  const { length } = order;
  return {
    parent: gathered(new Uint32Array(length), columns.parent, order),
    kind: gathered(new Uint8Array(length), columns.kind, order),
    mode: gathered(new Uint16Array(length), columns.mode, order),
    uid: gathered(new Uint32Array(length), columns.uid, order),
    gid: gathered(new Uint32Array(length), columns.gid, order),
    size: gathered(new Float64Array(length), columns.size, order),
    mtimeSec: gathered(new Float64Array(length), columns.mtimeSec, order),
  };
}

type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

function gathered<T extends Column>(target: T, from: T | readonly number[], order: Uint32Array): T {
  for (let at = 0; at < order.length; at += 1) target[at] = from[order[at] ?? 0] ?? 0;
  return target;
}

function placed<T>(byRow: ReadonlyMap<number, T>, places: Uint32Array): ReadonlyMap<number, T> {
  const found = new Map<number, T>();
  for (const [row, value] of byRow) {
    const place = places[row] ?? noPlace;
    if (place !== noPlace) found.set(place, value);
  }
  return found;
}

/** The first of a file's names is another one in the order, and may be the only one that is left. */
function placedGroups(groups: ReadonlyMap<number, number>, places: Uint32Array): ReadonlyMap<number, number> {
  const inOrder = [...placed(groups, places)].sort(([a], [b]) => a - b);
  const firsts = new Map<number, number>();
  const found = new Map<number, number>();
  for (const [place, group] of inOrder) {
    const first = firsts.get(group);
    if (first === undefined) firsts.set(group, place);
    else found.set(first, first).set(place, first);
  }
  return found;
}
