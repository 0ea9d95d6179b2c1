import type { DirectoryMatch, PatternMatcher } from "../patterns/pattern-matcher.js";
import { entryKinds } from "./entry-kind.js";
import type { SortedChildren } from "./scan-tar-children.js";
import type { TreeTable } from "./tree-table.js";

/** A directory on the way down. */
interface Frame {
  readonly row: number;
  readonly end: number;
  /** What the paths of its entries begin with. */
  readonly prefix: string;
  readonly match: DirectoryMatch | undefined;
  next: number;
  /** Whether it is in the order already; one that is excluded gets there with the first entry taken back below it. */
  isTaken: boolean;
}

const directoryKind = entryKinds.indexOf("directory");

/** The rows of a table in the order of `compareTreePaths`, from the root on, without those that patterns leave out.
 * Directories that are excluded are not gone into, unless a `!` pattern reaches below. */
export function treeOrder(
  table: TreeTable,
  children: SortedChildren,
  ignore: PatternMatcher | undefined,
): Uint32Array {
  const walk: Walk = { table, children, ignore, frames: [], order: new Uint32Array(table.count), count: 0 };
  push(walk, { row: 0, prefix: "", match: undefined });
  for (let frame = walk.frames.at(-1); frame !== undefined; frame = walk.frames.at(-1)) {
    const row = frame.next < frame.end ? children.rows[frame.next] : undefined;
    frame.next += 1;
    if (row === undefined) walk.frames.pop();
    else visit(walk, frame, row);
  }
  return walk.order.subarray(0, walk.count);
}

interface Walk {
  readonly table: TreeTable;
  readonly children: SortedChildren;
  readonly ignore: PatternMatcher | undefined;
  readonly frames: Frame[];
  readonly order: Uint32Array;
  count: number;
}

function visit(walk: Walk, frame: Frame, row: number): void {
  const { ignore, table } = walk;
  const isDirectory = table.columns.kind[row] === directoryKind;
  if (ignore === undefined) {
    if (isDirectory) push(walk, { row, prefix: "", match: undefined });
    else append(walk, row);
    return;
  }
  const path = frame.prefix + (table.names[row] ?? "");
  if (isDirectory) enter(walk, { row, path, match: ignore.enter(path, frame.match) }, ignore);
  else if (!ignore.excludes(path, frame.match)) {
    takeDirectories(walk);
    append(walk, row);
  }
}

function enter(
  walk: Walk,
  { row, path, match }: { readonly row: number; readonly path: string; readonly match: DirectoryMatch },
  ignore: PatternMatcher,
): void {
  if (match.excluded && !ignore.couldReincludeBelow(path, match)) return;
  if (!match.excluded) takeDirectories(walk);
  push(walk, { row, prefix: `${path}/`, match });
}

function push(walk: Walk, { row, prefix, match }: Pick<Frame, "row" | "prefix" | "match">): void {
  const { starts } = walk.children;
  const isTaken = match?.excluded !== true;
  if (isTaken) append(walk, row);
  walk.frames.push({ row, next: starts[row] ?? 0, end: starts[row + 1] ?? 0, prefix, match, isTaken });
}

/** Takes the directories on the way that were only passed through. */
function takeDirectories(walk: Walk): void {
  let first = walk.frames.length;
  while (walk.frames[first - 1]?.isTaken === false) first -= 1;
  for (const frame of walk.frames.slice(first)) {
    append(walk, frame.row);
    frame.isTaken = true;
  }
}

function append(walk: Walk, row: number): void {
  walk.order[walk.count] = row;
  walk.count += 1;
}
