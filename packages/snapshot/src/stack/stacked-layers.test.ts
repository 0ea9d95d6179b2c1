import {
  type DiffId,
  type Digest,
  type Entry,
  inTreeOrder,
  type LayerTree,
  layerRows,
  parseDiffId,
  type TreeEntry,
  type TreeFile,
} from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foreignStacks, layerStacks } from "../../test/layer-stacks.js";
import { ContentDigester, contentDigest } from "../content/content-digest.js";
import { type ContentEntry, digestedEntries } from "../content/content-entry.js";
import { bytesReader, readFileBytes, treeEntries, treeLines } from "../testing/tree-lines.js";
import { emptyFileTree, type FileTree } from "../tree/file-tree.js";

/** Tells where a file's bytes came from. */
const textOf = (layer: LayerTree, { size, digest, dataOffset }: TreeFile) =>
  `${layer.diffId} ${size} ${digest} ${dataOffset}`;

/** The tree that layers give by rows. */
function stacked(layers: readonly LayerTree[]): FileTree {
  const byId = new Map(layers.map((layer) => [layer.diffId, layer]));
  const empty = emptyFileTree((diffId, file) => {
    const layer = byId.get(diffId);
    return bytesReader(Buffer.from(layer === undefined ? "" : textOf(layer, file)));
  });
  return layers.reduce((below, layer) => below.applyLayer(layer), empty);
}

/** The tree that layers give entry by entry. */
function oneByOne(layers: readonly LayerTree[]): FileTree {
  const empty = emptyFileTree(() => expect.unreachable());
  return layers.reduce((below, layer) => {
    const entries = layer.entries.map((entry) => {
      if (entry.type !== "file") return entry;
      return { ...entry, open: () => bytesReader(Buffer.from(textOf(layer, entry))) };
    });
    return below.applyEntries(entries);
  }, empty);
}

/** All that a tree says, link groups by the path of their first name; or the code of the error that making it gives. */
async function told(make: () => FileTree): Promise<unknown> {
  try {
    const snapshot = make();
    const entries = grouped([...snapshot.entries()]);
    const paths = entries.map(({ path }) => path);
    const files = entries.filter(({ type }) => type === "file").map(({ path }) => path);
    return {
      root: snapshot.get(""),
      entries,
      found: grouped(paths.flatMap((path) => snapshot.get(path) ?? [])),
      lists: ["", ...paths].map((path) => snapshot.list(path)),
      bytes: await Promise.all(files.map(async (path) => (await readFileBytes(snapshot, path)).toString())),
      digests: files.map((path) => snapshot.fileDigest(path)),
      content: contentDigest(await digestedEntries(snapshot)),
    };
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}

function grouped(entries: readonly Entry[]): readonly Entry[] {
  const firsts = new Map<string, string>();
  return entries.map((entry) => {
    if (entry.type !== "file" || entry.linkGroup === undefined) return entry;
    const first = firsts.get(entry.linkGroup) ?? entry.path;
    firsts.set(entry.linkGroup, first);
    return { ...entry, linkGroup: first };
  });
}

const diffId = parseDiffId(`sha256:${"1".repeat(64)}`);

/** A layer of lines whose entries nobody may look at. */
function rowsOnly(...lines: readonly string[]): LayerTree {
  return rowsOf(diffId, layerEntries(lines));
}

function rowsOf(id: DiffId, entries: readonly TreeEntry[]): LayerTree {
  return {
    diffId: id,
    get entries(): never {
      return expect.unreachable();
    },
    rows: layerRows({ diffId: id, entries }),
  };
}

function layerEntries(lines: readonly string[]): readonly TreeEntry[] {
  return treeEntries(...lines).map((entry): TreeEntry => {
    if (entry.type !== "file") return entry;
    const { open: _, digestIs: __, ...file } = entry;
    return { ...file, digest: `sha256:${"2".repeat(64)}` as Digest, dataOffset: 0 };
  });
}

const project = [
  "dir app/lib 0750",
  "file app/lib/b 0644 'b'",
  "dir app/lib/deep 0755",
  "file app/lib/deep/c 0644 'c'",
  "file app/package.json 0644 '{}'",
  "dir app/src 0755",
  "file app/src/a 0644 'a'",
];

const subtreesOf = (tree: FileTree, ...paths: readonly string[]) =>
  paths.filter((path) => tree.subtree?.(path) !== undefined);

describe("applyLayer", () => {
  it("gives what stacking entry by entry gives, whatever the layers hold", async () => {
    await fc.assert(
      fc.asyncProperty(layerStacks, async (layers) => {
        expect(await told(() => stacked(layers))).toEqual(await told(() => oneByOne(layers)));
      }),
      { numRuns: 800 },
    );
  });

  it("gives the same of layers whose members were put in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(foreignStacks, layerStacks), async (layers) => {
        const ordered = layers.map(({ entries, ...layer }) => ({ ...layer, entries: inTreeOrder(entries) }));
        expect(await told(() => stacked(ordered))).toEqual(await told(() => oneByOne(layers)));
      }),
      { numRuns: 400 },
    );
  });

  it("looks at no entries of another tool's layer whose members were put in order", async () => {
    await fc.assert(
      fc.asyncProperty(foreignStacks, async (layers) => {
        const ordered = layers.map(({ diffId: id, entries }) => rowsOf(id, inTreeOrder(entries)));
        expect(await told(() => stacked(ordered))).toEqual(await told(() => oneByOne(layers)));
      }),
      { numRuns: 150 },
    );
  });

  it("leaves the trees below as they were", async () => {
    await fc.assert(
      fc.asyncProperty(layerStacks, async (layers) => {
        const stack = () => stacked(layers.slice(0, -1));
        const before = await told(stack);
        const below = typeof before === "string" ? undefined : stack();
        if (below === undefined) return;
        await told(() => below.applyLayer(layers.at(-1) ?? { diffId, entries: [] }));
        expect(await told(() => below)).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  it("has subtrees of what their directories hold", async () => {
    const keep = { owner: undefined, modeOf: undefined };
    await fc.assert(
      fc.asyncProperty(layerStacks, async (layers) => {
        if (typeof (await told(() => stacked(layers))) === "string") return;
        const tree = stacked(layers);
        const all = await digestedEntries(tree);
        for (const { type, path } of [{ type: "directory", path: "" }, ...all]) {
          const subtree = tree.subtree?.(path);
          if (type !== "directory") expect(subtree).toBeUndefined();
          if (subtree === undefined) continue;
          const below = all.filter((entry) => path === "" || entry.path.startsWith(`${path}/`));
          expect(Array.from(subtree.entries(), ({ entry }) => entry)).toEqual(
            below.map((entry) => tree.get(entry.path)),
          );
          if (!subtree.survey().isPlain) continue;
          const digester = new ContentDigester();
          digester.addSubtree(subtree, { path, ...keep });
          expect(digester.finish()).toBe(contentDigest(below as ContentEntry[]));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("looks at no entries of a sorted layer", async () => {
    const tree = stacked([])
      .applyLayer(rowsOnly("dir app 0700 7:7"))
      .applyLayer(rowsOnly(...project))
      .applyLayer(
        rowsOnly("file app/src/a 0600 'A'", "hardlink app/src/b -> app/src/a", "whiteout app/lib/deep"),
      );
    expect(Array.from(tree.entries(), ({ path }) => path)).toEqual([
      "app",
      "app/lib",
      "app/lib/b",
      "app/package.json",
      "app/src",
      "app/src/a",
      "app/src/b",
    ]);
    expect(tree.get("app")).toMatchObject({ mode: 0o700, uid: 7 });
    expect(tree.get("app/src/b")).toMatchObject({ mode: 0o600, size: 1 });
  });

  it.each([
    ["is not sorted", ["file b 0644 ''", "file a 0644 ''"]],
    ["has a path twice", ["file a 0644 'x'", "file a 0600 'y'"]],
    ["leads through a link", ["link l -> d", "file l/a 0644 ''"]],
    ["links to a file of a layer below", ["hardlink z -> old"]],
    ["links to what a file behind it replaces", ["hardlink new -> old", "file old 0644 'new'"]],
    ["has ids beyond 32 bits", ["file a 0644 4294967296:0 ''"]],
  ])("takes a layer entry by entry that %s", async (_, lines) => {
    const below = { diffId, entries: layerEntries(["file old 0644 'o'"]) };
    const layer = { diffId, entries: layerEntries(lines) };
    expect(await told(() => stacked([below, layer]))).toEqual(await told(() => oneByOne([below, layer])));
    expect(() => stacked([below]).applyLayer(rowsOnly(...lines))).toThrow(/not to be reached/);
  });

  it("tells hard links of one layer from those of another, also where their files have one name", async () => {
    const old = rowsOnly("file a 0644 'x'", "hardlink b -> a");
    const tree = stacked([]).applyLayer(old).applyLayer(rowsOnly("file a 0644 'y'", "hardlink c -> a"));
    expect(await treeLines(tree)).toEqual(["file a 0644 ''", "file b 0644 ''", "hardlink c -> a"]);
    const kept = tree.applyEntries(treeEntries("hardlink d -> b")).applyLayer(old);
    expect(await treeLines(kept)).toEqual([
      "file a 0644 ''",
      "hardlink b -> a",
      "file c 0644 ''",
      "file d 0644 ''",
    ]);
  });

  it("has a directory at once that one layer alone fills", () => {
    const tree = stacked([])
      .applyLayer(rowsOnly("dir app 0700"))
      .applyLayer(rowsOnly(...project));
    expect(subtreesOf(tree, "", "app", "app/lib", "app/src", "app/lib/b", "none")).toEqual([
      "app",
      "app/lib",
      "app/src",
    ]);
  });

  it("has what lies beside a change at once, and a directory again that a layer has all of", () => {
    const tree = stacked([])
      .applyLayer(rowsOnly(...project))
      .applyLayer(rowsOnly("file app/lib/new 0644 ''", "dir app/src 0700", "file app/src/a 0644 'b'"));
    expect(subtreesOf(tree, "", "app", "app/lib", "app/lib/deep", "app/src")).toEqual([
      "app/lib/deep",
      "app/src",
    ]);
    const again = tree.applyLayer(rowsOnly("dir app 0755", "file app/lib 0644 ''", ...project.slice(4)));
    expect(subtreesOf(again, "", "app", "app/src")).toEqual(["", "app", "app/src"]);
  });

  it("keeps a directory's content at once when a layer changes nothing but its metadata", async () => {
    const tree = stacked([])
      .applyLayer(rowsOnly(...project))
      .applyLayer(rowsOnly("dir app/lib 0700"));
    expect(subtreesOf(tree, "app", "app/lib")).toEqual(["app/lib"]);
    expect((await treeLines(tree)).at(1)).toBe("dir app/lib 0700");
  });

  it("stacks deep trees on deep trees", () => {
    const path = Array.from({ length: 4000 }, () => "d").join("/");
    const layer = { diffId, entries: layerEntries([`dir ${path} 0755`]) };
    expect([...stacked([layer, layer]).entries()]).toHaveLength(4000);
  });
});
