import type { Entry, Xattrs } from "@oci-build/oci";
import type { DirectoryMatch, PatternMatcher } from "../patterns/pattern-matcher.js";
import type { ContextFileSystem, ContextStats } from "./context-file-system.js";
import { kindOfStats } from "./entry-kind.js";
import { EntryTableBuilder } from "./entry-table.js";
import type { LeftOutTest } from "./left-out-paths.js";
import { nativePath } from "./native-path.js";
import { linkTarget, namesOf, statOf, unreadable } from "./read-entry.js";
import { leftOut, type ScanWarning } from "./scan-warning.js";
import type { XattrReader } from "./xattr-reader.js";

export interface WalkOptions {
  readonly fs: ContextFileSystem;
  readonly root: string;
  readonly ignore: PatternMatcher | undefined;
  readonly isLeftOut: LeftOutTest | undefined;
  readonly owners: "keep" | { readonly uid: number; readonly gid: number };
  readonly modes: "keep" | "0755";
  readonly readXattrs: XattrReader | undefined;
  readonly warnings: ScanWarning[];
}

/** A directory on the way down. `row` is -1 as long as it is only passed through: it is excluded, and nothing below it
 * was taken back yet. */
interface Frame {
  readonly path: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly stats: ContextStats;
  readonly match: DirectoryMatch | undefined;
  next: number;
  row: number;
}

/** A walk that can be paused: its stack, and the table it fills. */
export interface Walk {
  readonly options: WalkOptions;
  readonly table: EntryTableBuilder;
  readonly frames: Frame[];
}

/** One name of a directory, judged. */
interface Found {
  readonly path: string;
  readonly name: string;
  readonly native: string | Buffer;
  readonly stats: ContextStats;
  readonly type: Entry["type"];
}

const notYet = -1;

/** Entries between two looks at the clock. */
const clockInterval = 128;

/** Stands at the root. */
export function startWalk(options: WalkOptions): Walk {
  const table = new EntryTableBuilder();
  const walk: Walk = { options, table, frames: [] };
  const stats = statOf(options.fs, nativePath(options.root, ""), "");
  const names = namesOf(walk.options.fs, nativePath(options.root, ""), "", "needed");
  if (stats === undefined || names === undefined)
    throw unreadable("SNAPSHOT_DIRECTORY_UNREADABLE", "", "ENOENT");
  const root: Frame = { path: "", name: "", names, stats, match: undefined, next: 0, row: notYet };
  root.row = addRow(walk, 0, { path: "", name: "", native: options.root, stats, type: "directory" });
  walk.frames.push(root);
  return walk;
}

/** Walks on until all is done or the time (of `performance.now()`) has come. */
export function walkUntil(walk: Walk, deadline: number): "done" | "unfinished" {
  for (let count = 1; ; count++) {
    const frame = walk.frames.at(-1);
    if (frame === undefined) return "done";
    const name = frame.names[frame.next++];
    if (name === undefined) walk.frames.pop();
    else visit(walk, frame, name);
    if (count % clockInterval === 0 && performance.now() >= deadline) return "unfinished";
  }
}

function visit(walk: Walk, frame: Frame, name: string): void {
  const { fs, root, isLeftOut, ignore } = walk.options;
  const path = frame.path === "" ? name : `${frame.path}/${name}`;
  if (isLeftOut?.(path) === true) return;
  const native = nativePath(root, path);
  const stats = statOf(fs, native, path);
  if (stats === undefined) return;
  const type = kindOfStats(stats);
  if (type === "directory") enter(walk, frame, { path, name, native, stats, type });
  else if (ignore?.excludes(path, frame.match) === true) return;
  else if (type === undefined || type === "socket") walk.options.warnings.push(leftOut(path, type));
  else addLeaf(walk, { path, name, native, stats, type });
}

function addLeaf(walk: Walk, found: Found): void {
  const target = found.type === "symlink" ? linkTarget(walk.options.fs, found.native, found.path) : undefined;
  if (found.type === "symlink" && target === undefined) return;
  addRow(walk, rowOf(walk, walk.frames.length - 1), found, target);
}

function enter(walk: Walk, parent: Frame, found: Found): void {
  const { ignore } = walk.options;
  const { path, name, stats } = found;
  const match = ignore?.enter(path, parent.match);
  const isExcluded = match?.excluded === true;
  if (isExcluded && ignore?.couldReincludeBelow(path, match) !== true) return;
  const names = namesOf(walk.options.fs, found.native, path, isExcluded ? "optional" : "needed");
  if (names === undefined) return;
  walk.frames.push({ path, name, names, stats, match, next: 0, row: notYet });
  if (!isExcluded) rowOf(walk, walk.frames.length - 1);
}

/** The row of a directory on the stack; it and those above it are added now if they were only passed through. */
function rowOf(walk: Walk, depth: number): number {
  const frame = walk.frames[depth];
  if (frame === undefined) return 0;
  if (frame.row === notYet) {
    const parent = rowOf(walk, depth - 1);
    const { path, name, stats } = frame;
    const native = nativePath(walk.options.root, path);
    frame.row = addRow(walk, parent, { path, name, native, stats, type: "directory" });
  }
  return frame.row;
}

function addRow(walk: Walk, parent: number, found: Found, target?: string): number {
  const { owners, readXattrs } = walk.options;
  const { stats, type } = found;
  const row = walk.table.add({
    parent,
    name: found.name,
    type,
    mode: modeOf(walk, found),
    uid: owners === "keep" ? Number(stats.uid) : owners.uid,
    gid: owners === "keep" ? Number(stats.gid) : owners.gid,
    size: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    dev: stats.dev,
    ino: stats.ino,
    rdev: stats.rdev,
    target,
    xattrs: readXattrs === undefined ? undefined : xattrsOf(walk, readXattrs, found),
  });
  if (type === "file" && stats.nlink > 1n) walk.table.link(row, stats.dev, stats.ino);
  return row;
}

/** A link's own mode means nothing and differs between systems. */
function modeOf(walk: Walk, found: Found): number {
  if (found.type === "symlink") return 0o777;
  return walk.options.modes === "0755" ? 0o755 : Number(found.stats.mode) & 0o7777;
}

function xattrsOf(walk: Walk, read: XattrReader, found: Found): Xattrs | undefined {
  try {
    if (typeof found.native === "string") return read(found.native);
  } catch {
    // The addon tells no code; whatever keeps the attributes from being read, the entry itself is good.
  }
  const message = `extended attributes of ${JSON.stringify(found.path)} could not be read`;
  walk.options.warnings.push({ kind: "xattrs-unreadable", path: found.path, message });
  return undefined;
}
