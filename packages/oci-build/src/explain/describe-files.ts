import { parentPath } from "../copy/tree-paths.js";
import type { AttributeChange, FileChange, FileType } from "./file-change.js";

/** Something said in a line, and what more there is to say of it. */
export interface Told {
  readonly headline: string;
  readonly details: readonly string[];
}

/** How many changes are listed; all of them are in the JSON form. */
const LISTED_MAX = 10;

const NOUNS: Readonly<Record<FileType, readonly [one: string, many: string]>> = {
  file: ["file", "files"],
  hardlink: ["hard link", "hard links"],
  directory: ["directory", "directories"],
  symlink: ["link", "links"],
  fifo: ["pipe", "pipes"],
  "character-device": ["character device", "character devices"],
  "block-device": ["block device", "block devices"],
  whiteout: ["deletion", "deletions"],
  opaque: ["opaque directory", "opaque directories"],
};

const KINDS = ["changed", "added", "deleted", "renamed"] as const;

/** What changed of a step's files: one change in full, of several their counts and the first ten. What lies in a
 * directory that is new, or gone, is counted but not listed. */
export function describeFiles(
  { changes: all, count }: { readonly changes: readonly FileChange[]; readonly count: number },
  destination: string,
): Told {
  const changes = all.map((change) => seenFrom(destination, change));
  const [only] = changes;
  if (only === undefined)
    return { headline: `${count} ${count === 1 ? "path" : "paths"} changed`, details: [] };
  if (changes.length === 1) return { headline: `${countsOf(changes)}: ${describeChange(only)}`, details: [] };
  const listed = withoutBelow(changes);
  const shown = listed.slice(0, LISTED_MAX).map(listedChange);
  const more = listed.length - shown.length;
  return { headline: countsOf(changes), details: more === 0 ? shown : [...shown, `and ${more} more`] };
}

/** A change with its paths as they are below a place of the image, where all of them are. */
function seenFrom(destination: string, change: FileChange): FileChange {
  const above = destination === "/" ? "" : `${destination.slice(1)}/`;
  const isBelow = (path: string): boolean => path.startsWith(above) && path.length > above.length;
  const from = change.kind === "renamed" ? change.from : change.path;
  if (!isBelow(change.path) || !isBelow(from)) return change;
  const path = change.path.slice(above.length);
  return change.kind === "renamed"
    ? { ...change, path, from: from.slice(above.length) }
    : { ...change, path };
}

/** `3 files changed, 1 added`: what is counted is named again only where it is something else. */
function countsOf(changes: readonly FileChange[]): string {
  let last: readonly [string, string] | undefined;
  const counts = KINDS.flatMap((kind) => {
    const some = changes.filter((change) => change.kind === kind);
    if (some.length === 0) return [];
    const noun = nounOf(some);
    const isSame = last !== undefined && noun[1] === last[1];
    last = noun;
    return [`${some.length}${isSame ? "" : ` ${noun[some.length === 1 ? 0 : 1]}`} ${kind}`];
  });
  return counts.join(", ");
}

function nounOf(changes: readonly FileChange[]): readonly [string, string] {
  const types = new Set(changes.map(({ type }) => type));
  const [type] = types;
  return type === undefined || types.size > 1 ? ["path", "paths"] : NOUNS[type];
}

/** Without what lies below a directory of which the same is told. */
function withoutBelow(changes: readonly FileChange[]): readonly FileChange[] {
  const told = new Set<string>();
  for (const { kind, type, path } of changes) if (type === "directory") told.add(`${kind} ${path}`);
  return changes.filter(({ kind, path }) => kind === "changed" || !told.has(`${kind} ${parentPath(path)}`));
}

function listedChange(change: FileChange): string {
  if (change.kind === "added") return `+ ${describeChange(change)}`;
  return change.kind === "deleted" ? `- ${describeChange(change)}` : describeChange(change);
}

/** A change on one line: its path, and what differs. */
export function describeChange(change: FileChange): string {
  const path = change.type === "directory" ? `${change.path}/` : change.path;
  if (!("attributes" in change)) return path;
  const shown = change.kind === "renamed" ? `${change.from} → ${path}` : path;
  const attributes = change.attributes.map(describeAttribute).join(", ");
  return attributes === "" ? shown : `${shown} (${attributes})`;
}

function describeAttribute({ name, before, after }: AttributeChange): string {
  switch (name) {
    case "content":
      return "content";
    case "xattr":
      return `xattr ${after === undefined ? `${before} removed` : before === undefined ? `${after} added` : after}`;
    case "type":
      return `${typeName(before)} → ${typeName(after)}`;
    case "target":
      return `link target ${before} → ${after}`;
    case "mode":
    case "uid":
    case "gid":
    case "device":
      return `${name} ${before} → ${after}`;
  }
}

function typeName(type: string | undefined): string {
  return Object.hasOwn(NOUNS, type ?? "") ? NOUNS[type as FileType][0] : String(type);
}
