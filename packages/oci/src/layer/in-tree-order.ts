import { compareTreePaths } from "../path-order.js";
import type { LayerHardLink, OpaqueDirectory, Whiteout } from "./layer-entry.js";
import type { TreeEntry } from "./layer-tree.js";

type Mark = Whiteout | OpaqueDirectory;
type Member = Exclude<TreeEntry, Mark>;

/** What a layer holds whose members lie where their paths say, whatever lies below. */
interface Plain {
  readonly marks: readonly Mark[];
  readonly members: ReadonlyMap<string, Member>;
  /** Paths of hard links → the path of the file that they are of. */
  readonly linked: ReadonlyMap<string, string>;
}

/** The same members in the order of `compareTreePaths`, as layers of our own have them, so that a tree is read without
 * looking for places. Deletions come first, in their own order. Of the names of a file the first has its bytes, and of
 * a directory that is there twice the later metadata is kept.
 *
 * Only where stacking gives the same, whatever the layer stands on: each directory comes before what it holds, each
 * file before its hard links, and nothing replaces anything. All others are given as they are. */
export function inTreeOrder(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  if (isSorted(entries)) return entries;
  const plain = plainLayer(entries);
  if (plain === undefined) return entries;
  const firsts = firstNames(plain.linked);
  const members = [...plain.members.values()].map((member) => withFirstName(member, plain, firsts));
  return [...plain.marks, ...sorted(members)];
}

/** Whether writers of layers would have put them so. */
function isSorted(entries: readonly TreeEntry[]): boolean {
  return entries.every((entry, index) => {
    const before = entries[index - 1];
    if (before === undefined) return true;
    const order = compareTreePaths(before.path, entry.path);
    return order < 0 || (order === 0 && before.type === "directory" && entry.type === "opaque");
  });
}

function plainLayer(entries: readonly TreeEntry[]): Plain | undefined {
  const marks: Mark[] = [];
  const members = new Map<string, Member>();
  const linked = new Map<string, string>();
  for (const entry of entries) {
    if (entry.type === "whiteout" || entry.type === "opaque") {
      marks.push(entry);
      continue;
    }
    if (!hasOwnPlace(entry, members)) return undefined;
    if (entry.type === "hardlink") {
      const file = fileOf(entry, members, linked);
      if (file === undefined) return undefined;
      linked.set(entry.path, file);
    }
    members.set(entry.path, entry);
  }
  return { marks, members, linked };
}

/** Whether a member lies in a directory that the layer has made before it, and in the place of nothing. */
function hasOwnPlace(entry: Member, earlier: ReadonlyMap<string, Member>): boolean {
  const { path, type } = entry;
  if (type === "file" && entry.linkGroup !== undefined) return false;
  if (path === "" && type !== "directory") return false;
  const end = path.lastIndexOf("/");
  if (end >= 0 && earlier.get(path.slice(0, end))?.type !== "directory") return false;
  const before = earlier.get(path);
  return before === undefined || (before.type === "directory" && type === "directory");
}

/** The path of the file that a hard link is of, if the layer has it before the link. */
function fileOf(
  { target }: LayerHardLink,
  earlier: ReadonlyMap<string, Member>,
  linked: ReadonlyMap<string, string>,
): string | undefined {
  return earlier.get(target)?.type === "file" ? target : linked.get(target);
}

/** The first name of each file that has more than one. */
function firstNames(linked: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const firsts = new Map<string, string>();
  for (const [path, file] of linked) {
    const first = firsts.get(file) ?? file;
    firsts.set(file, compareTreePaths(path, first) < 0 ? path : first);
  }
  return firsts;
}

/** A name of a file as what it is in the new order: the file, or a link to its first name. */
function withFirstName(
  member: Member,
  { members, linked }: Plain,
  firsts: ReadonlyMap<string, string>,
): Member {
  const { path } = member;
  const file = linked.get(path) ?? path;
  const first = firsts.get(file);
  if (first === undefined) return member;
  if (path !== first) return linkTo(first, member);
  const owner = members.get(file);
  return owner?.type === "file" ? { ...owner, path } : member;
}

function linkTo(target: string, { path, mode, uid, gid, mtimeSec, xattrs }: Member): LayerHardLink {
  const link = { type: "hardlink", path, mode, uid, gid, mtimeSec, target } as const;
  return xattrs === undefined ? link : { ...link, xattrs };
}

/** Goes by keys, which the engine compares at once: `/` comes before all that a name may hold. */
function sorted(members: readonly Member[]): readonly Member[] {
  const keyed = members.map((member) => ({ key: member.path.replaceAll("/", "\0"), member }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ member }) => member);
}
