import fc from "fast-check";
import { compareTreePaths, decodePath, type LayerEntry, type Xattrs } from "../src/index.js";
import { fileOf } from "./layer-entries.js";

const names = fc
  .oneof(
    { weight: 4, arbitrary: fc.constantFrom("a", "b", "c", "d e", "é", "😀", "-", "a.b", "..x") },
    { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 12, unit: "binary" }) },
    { weight: 1, arbitrary: fc.integer({ min: 90, max: 260 }).map((length) => "n".repeat(length)) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 8 }).map(decodePath) },
  )
  .map((name) => name.replace(/[/\0]/g, "_"))
  .filter((name) => name !== "." && name !== ".." && !name.startsWith(".wh."));

const paths = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

const xattrs: fc.Arbitrary<Xattrs> = fc
  .dictionary(fc.stringMatching(/^user\.[a-z]{1,4}$/), fc.uint8Array({ maxLength: 20 }), { maxKeys: 2 })
  .map((values) => new Map(Object.entries(values)));

const ids = fc.oneof(fc.nat({ max: 70000 }), fc.constantFrom(2097151, 2097152, 4294967294));
const times = fc.oneof(fc.nat(), fc.constantFrom(-1, 0, 8 ** 11 - 1, 8 ** 11));
const metas = fc.record({ mode: fc.nat({ max: 0o7777 }), uid: ids, gid: ids, mtimeSec: times, xattrs });
const kinds = fc.constantFrom(
  "directory",
  "file",
  "hardlink",
  "symlink",
  "fifo",
  "device",
  "whiteout",
  "opaque",
);

const wishes = fc.array(
  fc.record({ path: paths, kind: kinds, meta: metas, text: fc.string({ maxLength: 2000 }), target: paths }),
  { maxLength: 25 },
);
type Wish = typeof wishes extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

/** Any entries that may stand in one layer, in their order. */
export const layerEntries: fc.Arbitrary<readonly LayerEntry[]> = wishes.map(admitted);

function admitted(wished: readonly Wish[]): LayerEntry[] {
  const sorted = wished.toSorted((a, b) => compareTreePaths(a.path, b.path));
  const entries: LayerEntry[] = [];
  const files: string[] = [];
  for (const wish of sorted) {
    const previous = entries.at(-1);
    if (previous !== undefined && !mayFollow(previous, wish.path)) continue;
    const entry = entryOf(wish, files);
    if (entry.type === "file") files.push(entry.path);
    entries.push(entry);
  }
  return entries;
}

function mayFollow(previous: LayerEntry, path: string): boolean {
  if (previous.path === path) return false;
  const holds = previous.type === "directory" || previous.type === "opaque";
  return holds || !path.startsWith(`${previous.path}/`);
}

function entryOf({ path, kind, meta, text, target }: Wish, files: readonly string[]): LayerEntry {
  switch (kind) {
    case "file":
      return fileOf(path, text, meta);
    case "hardlink": {
      const linked = files.at(text.length % Math.max(files.length, 1));
      return linked === undefined ? fileOf(path, text, meta) : { type: kind, path, ...meta, target: linked };
    }
    case "symlink":
      return { type: kind, path, ...meta, target };
    case "device":
      return { type: "block-device", path, ...meta, deviceMajor: 8, deviceMinor: text.length };
    case "whiteout":
    case "opaque":
      return { type: kind, path };
    case "directory":
    case "fifo":
      return { type: kind, path, ...meta };
  }
}
