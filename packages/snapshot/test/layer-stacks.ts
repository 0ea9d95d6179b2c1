import { compareTreePaths, digestOf, type LayerTree, parseDiffId, type TreeEntry } from "@oci-build/oci";
import fc from "fast-check";

const name = fc.constantFrom("a", "b", "a-", "ü", "l");
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
const id = fc.constantFrom(0, 1, 70_000, 2 ** 32 - 1);

const meta = fc.record({
  mode: fc.constantFrom(0o644, 0o755, 0o7777),
  uid: id,
  gid: id,
  mtimeSec: fc.constantFrom(0, -1, 1.5, 2 ** 33),
});
const xattrs = fc.option(fc.constant(new Map([["user.a", new Uint8Array([1])]])), { nil: undefined });

/** One entry of a layer, of any type, wherever its links lead. */
const entry: fc.Arbitrary<TreeEntry> = fc
  .tuple(
    fc.constantFrom("dir", "dir", "file", "file", "file", "hard", "soft", "fifo", "device", "hide", "clear"),
    path,
    fc.tuple(meta, xattrs),
    fc.tuple(path, fc.constantFrom("one", "two", "")),
  )
  .map(([kind, at, [numbers, attributes], [other, text]]): TreeEntry => {
    const common = { path: at, ...numbers, ...(attributes === undefined ? {} : { xattrs: attributes }) };
    switch (kind) {
      case "dir":
        return { type: "directory", ...common };
      case "hard":
        return { type: "hardlink", ...common, target: other };
      case "soft":
        return { type: "symlink", ...common, target: text === "" ? `../${other}` : `/${other}` };
      case "fifo":
        return { type: "fifo", ...common };
      case "device":
        return { type: "block-device", ...common, deviceMajor: numbers.uid, deviceMinor: numbers.gid };
      case "hide":
        return { type: "whiteout", path: at };
      case "clear":
        return { type: "opaque", path: at };
      default:
        return {
          type: "file",
          ...common,
          size: text.length,
          digest: digestOf(text),
          dataOffset: text.length,
        };
    }
  });

/** Layers as writers of layers make them: sorted, nothing below what is no directory, hard links to earlier files. */
const soundEntries = fc.array(entry, { maxLength: 12 }).map((entries) => {
  const byPath = new Map(entries.map((made) => [made.path, made]));
  const sorted = [...byPath.values()].sort((a, b) => compareTreePaths(a.path, b.path));
  const kept: TreeEntry[] = [];
  for (const made of sorted) {
    const isBelow = kept.some(
      ({ path: above, type }) =>
        made.path.startsWith(`${above}/`) && type !== "directory" && type !== "opaque",
    );
    if (!isBelow) kept.push(soundLink(made, kept));
  }
  return kept;
});

function soundLink(made: TreeEntry, earlier: readonly TreeEntry[]): TreeEntry {
  if (made.type !== "hardlink") return made;
  const file = earlier.findLast(({ type }) => type === "file");
  if (file !== undefined) return { ...made, target: file.path };
  return { type: "fifo", path: made.path, mode: 0o644, uid: 0, gid: 0, mtimeSec: 0 };
}

/** Layers of any kind: unsorted, with paths twice and links that lead nowhere. */
const anyEntries = fc.array(entry, { maxLength: 6 });

/** Stacks of layers, from the lowest up; most are sound. */
export const layerStacks: fc.Arbitrary<readonly LayerTree[]> = fc
  .array(fc.oneof({ weight: 5, arbitrary: soundEntries }, { weight: 1, arbitrary: anyEntries }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((layers) => layers.map(layerTree));

function layerTree(entries: readonly TreeEntry[], index: number): LayerTree {
  return { diffId: parseDiffId(digestOf(String(index))), entries: withPlaces(entries) };
}

/** Files of a layer begin at places of their own. */
function withPlaces(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  return entries.map((made, index) => (made.type === "file" ? { ...made, dataOffset: index * 512 } : made));
}

/** A layer as other tools write them: in any order in which directories come before what they hold, and files before
 * their hard links; directories may be there twice. */
const foreignEntries: fc.Arbitrary<readonly TreeEntry[]> = fc
  .tuple(soundEntries, fc.array(fc.tuple(fc.nat(), meta), { maxLength: 2 }), fc.boolean())
  .chain(([entries, again, isSwapped]) => {
    const all = withParents(isSwapped ? withSwappedNames(entries) : entries);
    const directories = all.filter(({ type }) => type === "directory");
    const twice = again.flatMap(([index, numbers]): TreeEntry[] => {
      const directory = directories[index % Math.max(directories.length, 1)];
      return directory === undefined ? [] : [{ type: "directory", path: directory.path, ...numbers }];
    });
    return fc
      .shuffledSubarray([...all, ...twice], { minLength: all.length + twice.length })
      .map(afterWhatTheyNeed);
  });

/** Files under the last of their names. */
function withSwappedNames(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  const lasts = new Map(
    entries.flatMap((made) => (made.type === "hardlink" ? [[made.target, made.path] as const] : [])),
  );
  const firsts = new Map([...lasts].map(([first, last]) => [last, first]));
  return entries.map((made) => {
    const at = lasts.get(made.path) ?? firsts.get(made.path) ?? made.path;
    return made.type === "hardlink"
      ? { ...made, path: at, target: lasts.get(made.target) ?? made.target }
      : { ...made, path: at };
  });
}

function withParents(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  const paths = new Set(entries.filter(({ type }) => type !== "opaque").map(({ path: at }) => at));
  const made = entries.flatMap(({ path: at }) => {
    const names = at.split("/");
    return names.slice(0, -1).flatMap((_, depth): TreeEntry[] => {
      const above = names.slice(0, depth + 1).join("/");
      if (paths.has(above)) return [];
      paths.add(above);
      return [{ type: "directory", path: above, mode: 0o755, uid: 0, gid: 0, mtimeSec: 0 }];
    });
  });
  return [...made, ...entries];
}

/** The same entries, each moved behind what it cannot do without. */
function afterWhatTheyNeed(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  const placed: TreeEntry[] = [];
  const done = new Set<string>();
  let waiting = [...entries];
  for (let before = -1; placed.length > before; ) {
    before = placed.length;
    waiting = waiting.filter((made) => {
      const parent = made.path.slice(0, Math.max(made.path.lastIndexOf("/"), 0));
      const isMark = made.type === "whiteout" || made.type === "opaque";
      const isReady = parent === "" || done.has(parent);
      if (!isMark && !(isReady && (made.type !== "hardlink" || done.has(made.target)))) return true;
      if (!isMark) done.add(made.path);
      placed.push(made);
      return false;
    });
  }
  return [...placed, ...waiting];
}

/** Stacks of layers of other tools, from the lowest up. */
export const foreignStacks: fc.Arbitrary<readonly LayerTree[]> = fc
  .array(foreignEntries, { minLength: 1, maxLength: 3 })
  .map((layers) => layers.map(layerTree));
