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
  .map((layers) =>
    layers.map((entries, index) => ({ diffId: parseDiffId(digestOf(String(index))), entries })),
  );
