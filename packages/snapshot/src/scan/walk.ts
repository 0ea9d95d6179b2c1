import type { Entry } from "@oci-build/oci";
import type { ContextStats } from "./context-file-system.js";
import { entryKinds, kindOfStats } from "./entry-kind.js";
import { EntryTableBuilder } from "./entry-table-builder.js";
import { earlierNames } from "./index/earlier-scan.js";
import { cursorOf, factsOf, factsOfRoot, type RowFacts } from "./index/index-use.js";
import { rowFlags } from "./index/row-flags.js";
import { monotonicMs } from "./monotonic-ms.js";
import { linkTarget, namesOf, statOf, unreadable } from "./read-entry.js";
import { leftOut } from "./scan-warning.js";
import { directoryPath, type Frame, nativeOf, type Place, placeBelow, rootPlace } from "./walk-frame.js";
import type { ScanWork, WalkOptions } from "./walk-options.js";
import { type Attributes, attributes, readAttributes } from "./xattr-column.js";

/** A walk that can be paused: its stack, and the table it fills. */
export interface Walk {
  readonly options: WalkOptions;
  readonly table: EntryTableBuilder;
  readonly frames: Frame[];
  readonly work: { -readonly [Count in Exclude<keyof ScanWork, "digestsFromIndex">]: ScanWork[Count] };
  readonly attributes: Attributes;
}

/** One name of a directory. */
interface Seen {
  readonly path: string;
  readonly name: string;
  readonly native: string | Buffer;
  readonly stats: ContextStats;
  readonly type: Entry["type"];
}

interface Found extends Seen {
  readonly mode: number;
  readonly facts: RowFacts | undefined;
}

const notYet = -1;

/** Entries between two looks at the clock. */
const clockInterval = 128;

/** Stands at the root. */
export function startWalk(options: WalkOptions): Walk {
  const table = new EntryTableBuilder();
  const work = { entriesStatted: 1, directoriesRead: 0, xattrsRead: 0 };
  const walk: Walk = { options, table, frames: [], work, attributes: attributes() };
  const stats = statOf(options.fs, options.root, "");
  if (stats === undefined) throw unreadable("SNAPSHOT_DIRECTORY_UNREADABLE", "", "ENOENT");
  const root = judge(walk, undefined, { path: "", name: "", native: options.root, stats, type: "directory" });
  const names = namesIn(walk, root, "needed");
  if (names === undefined) throw unreadable("SNAPSHOT_DIRECTORY_UNREADABLE", "", "ENOENT");
  push(walk, rootPlace(options.root), { found: root, names, match: undefined, row: addRow(walk, 0, root) });
  return walk;
}

/** Walks on until all is done, the time (of `monotonicMs`) has come, or attributes are to be read and nothing is
 * there that could. */
export function walkUntil(walk: Walk, deadline: number): "done" | "unfinished" {
  for (let count = 1; walk.attributes.waiting.length === 0; count++) {
    const frame = walk.frames.at(-1);
    if (frame === undefined) return "done";
    const name = frame.names[frame.next++];
    if (name === undefined) leave(walk, frame);
    else if (visit(walk, frame, name) === "no row") frame.isComplete = false;
    if (count % clockInterval === 0 && monotonicMs() >= deadline) return "unfinished";
  }
  return "unfinished";
}

type Visited = "row" | "no row";

function visit(walk: Walk, frame: Frame, name: string): Visited {
  if (frame.isLeftOut?.(name) === true) return "no row";
  const { fs, ignore, warnings } = walk.options;
  const path = frame.place.path + name;
  const native = nativeOf(frame.place, name);
  const stats = statOf(fs, native, path);
  walk.work.entriesStatted++;
  if (stats === undefined) return "no row";
  const type = kindOfStats(stats);
  if (type === "directory")
    return enter(walk, frame, judge(walk, frame, { path, name, native, stats, type }));
  if (ignore?.excludes(path, frame.match) === true) return "no row";
  if (type !== undefined && type !== "socket")
    return addLeaf(walk, judge(walk, frame, { path, name, native, stats, type }));
  warnings.push(leftOut(path, type));
  return "no row";
}

/** An entry with what the index says of it. */
function judge(walk: Walk, frame: Frame | undefined, { path, name, native, stats, type }: Seen): Found {
  const { index, modes } = walk.options;
  const mode = modeOf(type, stats, modes);
  if (index === undefined) return { path, name, native, stats, type, mode, facts: undefined };
  const compared = { name, native, stats, mode, kind: entryKinds.indexOf(type) };
  const facts = frame === undefined ? factsOfRoot(index, compared) : factsOf(index, frame.cursor, compared);
  return { path, name, native, stats, type, mode, facts };
}

/** A link's own mode means nothing and differs between systems. */
function modeOf(type: Entry["type"], stats: ContextStats, modes: WalkOptions["modes"]): number {
  if (type === "symlink") return 0o777;
  return modes === "0755" ? 0o755 : Number(stats.mode) & 0o7777;
}

function addLeaf(walk: Walk, found: Found): Visited {
  const target = found.type === "symlink" ? targetOf(walk, found) : undefined;
  if (found.type === "symlink" && target === undefined) return "no row";
  addRow(walk, rowOf(walk, walk.frames.length - 1), found, target);
  return "row";
}

function targetOf(walk: Walk, { path, native, facts }: Found): string | undefined {
  const { fs, index } = walk.options;
  const known = facts?.known === undefined ? undefined : index?.earlier?.targets.get(facts.known);
  return known ?? linkTarget(fs, native, path);
}

function enter(walk: Walk, parent: Frame, found: Found): Visited {
  const { ignore } = walk.options;
  const match = ignore?.enter(found.path, parent.match);
  const isExcluded = match?.excluded === true;
  if (isExcluded && ignore?.couldReincludeBelow(found.path, match) !== true) return "no row";
  const names = namesIn(walk, found, isExcluded ? "optional" : "needed");
  if (names === undefined) return "no row";
  push(walk, placeBelow(parent.place, found.name), { found, names, match, row: notYet });
  if (!isExcluded) rowOf(walk, walk.frames.length - 1);
  return isExcluded ? "no row" : "row";
}

/** The names in a directory. When nothing was added to it or taken from it, they are those that the index has. */
function namesIn(
  walk: Walk,
  { facts, native, path }: Found,
  need: "needed" | "optional",
): readonly string[] | undefined {
  const earlier = walk.options.index?.earlier;
  const row = facts?.known;
  if (earlier !== undefined && row !== undefined && ((earlier.flags[row] ?? 0) & rowFlags.complete) !== 0) {
    return earlierNames(earlier, row);
  }
  walk.work.directoriesRead++;
  return namesOf(walk.options.fs, native, path, need);
}

interface Opened {
  readonly found: Found;
  readonly names: readonly string[];
  readonly match: Frame["match"];
  readonly row: number;
}

function push(walk: Walk, place: Place, { found, names, match, row }: Opened): void {
  const { index, leftOut: test } = walk.options;
  const { name, stats, facts } = found;
  const isLeftOut = test?.(directoryPath(place));
  const cursor = cursorOf(index, facts);
  walk.frames.push({
    place,
    name,
    names,
    stats,
    match,
    isLeftOut,
    facts,
    cursor,
    next: 0,
    row,
    isComplete: true,
  });
}

function leave(walk: Walk, frame: Frame): void {
  walk.frames.pop();
  if (frame.isComplete && frame.row !== notYet) walk.table.addFlag(frame.row, rowFlags.complete);
}

/** The row of a directory on the stack; it and those above it are added now if they were only passed through. */
function rowOf(walk: Walk, depth: number): number {
  const frame = walk.frames[depth];
  if (frame === undefined) return 0;
  if (frame.row === notYet) {
    const parent = rowOf(walk, depth - 1);
    const { place, name, stats, facts } = frame;
    const path = directoryPath(place);
    const native = nativeOf(walk.frames[depth - 1]?.place ?? place, name);
    const mode = modeOf("directory", stats, walk.options.modes);
    frame.row = addRow(walk, parent, { path, name, native, stats, type: "directory", mode, facts });
  }
  return frame.row;
}

function addRow(walk: Walk, parent: number, found: Found, target?: string): number {
  const { owners } = walk.options;
  const { stats, type, facts } = found;
  const row = walk.table.add({
    parent,
    name: found.name,
    type,
    mode: found.mode,
    uid: owners === "keep" ? Number(stats.uid) : owners.uid,
    gid: owners === "keep" ? Number(stats.gid) : owners.gid,
    size: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    dev: stats.dev,
    ino: stats.ino,
    rdev: stats.rdev,
    target,
  });
  if (type === "file" && stats.nlink > 1n) walk.table.link(row, stats.dev, stats.ino);
  if (facts?.isSettled === true) walk.table.addFlag(row, rowFlags.settled);
  if (facts?.same !== undefined) walk.table.setEarlier(row, facts.same);
  if (walk.options.xattrs === "read") {
    readAttributes(walk, { row, path: found.path, native: found.native, facts });
  }
  return row;
}
