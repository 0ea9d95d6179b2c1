import { type DiffId, digestOf, type LayerTree, parseDiffId, type TreeEntry } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { bytesReader, readFileBytes, tree, treeEntries, treeLines } from "../testing/tree-lines.js";
import { emptyFileTree, fileTreeOf } from "./file-tree.js";

/** Layers from the lowest up, each a list of lines, and the lines of the tree they give. */
const stacks: readonly (readonly [
  name: string,
  layers: readonly (readonly string[])[],
  result: readonly string[],
])[] = [
  ["adds", [["file a 0644 'x'"], ["file b 0644 'y'"]], ["file a 0644 'x'", "file b 0644 'y'"]],
  ["replaces files", [["file a 0644 'x'"], ["file a 0600 'y'"]], ["file a 0600 'y'"]],
  [
    "merges directories and takes the upper metadata",
    [
      ["dir d 0755", "file d/a 0644 'x'"],
      ["dir d 0700", "file d/b 0644 'y'"],
    ],
    ["dir d 0700", "file d/a 0644 'x'", "file d/b 0644 'y'"],
  ],
  [
    "replaces a directory by a file with all below it",
    [["dir d 0755", "file d/a 0644 'x'"], ["file d 0644 ''"]],
    ["file d 0644 ''"],
  ],
  [
    "replaces a file by a directory",
    [["file d 0644 'x'"], ["dir d 0755", "file d/a 0644 ''"]],
    ["dir d 0755", "file d/a 0644 ''"],
  ],
  [
    "replaces a link by a directory",
    [["dir e 0755", "file e/a 0644 ''", "link d -> e"], ["dir d 0755"]],
    ["dir d 0755", "dir e 0755", "file e/a 0644 ''"],
  ],
  ["deletes a file", [["file a 0644 ''", "file b 0644 ''"], ["whiteout a"]], ["file b 0644 ''"]],
  ["deletes a directory", [["dir d 0755", "dir d/e 0755", "file d/e/f 0644 ''"], ["whiteout d"]], []],
  [
    "does not mind deleting what is not there",
    [["file a 0644 ''"], ["whiteout b", "whiteout x/y"]],
    ["file a 0644 ''"],
  ],
  [
    "deletes only from the layers below, not what the same layer adds",
    [["file a 0644 'old'"], ["file a 0644 'new'", "whiteout a"]],
    ["file a 0644 'new'"],
  ],
  [
    "replaces a directory deleted and made again",
    [
      ["dir d 0755", "file d/old 0644 ''"],
      ["whiteout d", "dir d 0700", "file d/new 0644 ''"],
    ],
    ["dir d 0700", "file d/new 0644 ''"],
  ],
  [
    "empties an opaque directory of what is below the layer",
    [
      ["dir d 0755", "file d/old 0644 ''", "dir d/s 0755", "file d/s/old 0644 ''"],
      ["dir d 0755", "file d/new 0644 ''", "opaque d"],
    ],
    ["dir d 0755", "file d/new 0644 ''"],
  ],
  [
    "keeps an opaque directory that has no entry of its own",
    [["dir d 0700", "file d/old 0644 ''"], ["opaque d"]],
    ["dir d 0700"],
  ],
  ["empties the root", [["file a 0644 ''"], ["opaque ''", "file b 0644 ''"]], ["file b 0644 ''"]],
  ["makes missing parents", [["file a/b/c 0644 ''"]], ["dir a 0755", "dir a/b 0755", "file a/b/c 0644 ''"]],
  [
    "follows links among the parents",
    [
      ["dir usr 0755", "dir usr/bin 0755", "link bin -> usr/bin", "file usr/bin/a 0644 ''"],
      ["file bin/b 0644 ''", "whiteout bin/a"],
    ],
    ["link bin -> usr/bin", "dir usr 0755", "dir usr/bin 0755", "file usr/bin/b 0644 ''"],
  ],
  [
    "keeps links among the parents inside the root",
    [["link l -> ../../x"], ["file l/a 0644 ''"]],
    ["link l -> ../../x", "dir x 0755", "file x/a 0644 ''"],
  ],
  [
    "goes through a link that the same layer replaces only as long as it is there",
    [
      ["dir e 0755", "link d -> e"],
      ["file d/a 0644 ''", "dir d 0755", "file d/b 0644 ''"],
    ],
    ["dir d 0755", "file d/b 0644 ''", "dir e 0755", "file e/a 0644 ''"],
  ],
  [
    "notices that an entry replaced the link on its own way",
    [["link l -> ."], ["dir l/l 0700", "file l/x 0644 ''"]],
    ["dir l 0700", "file l/x 0644 ''"],
  ],
  ["links files", [["file a 0644 'x'", "hardlink b -> a"]], ["file a 0644 'x'", "hardlink b -> a"]],
  [
    "links to files of layers below",
    [["file a 0644 'x'"], ["hardlink b -> a", "hardlink c -> b"]],
    ["file a 0644 'x'", "hardlink b -> a", "hardlink c -> a"],
  ],
  [
    "keeps the other names of a file when one is deleted",
    [["file a 0644 'x'", "hardlink b -> a"], ["whiteout a"]],
    ["file b 0644 'x'"],
  ],
  [
    "tells old and new groups of one name apart",
    [
      ["file a 0644 'x'", "hardlink b -> a"],
      ["file a 0644 'y'", "hardlink c -> a"],
    ],
    ["file a 0644 'y'", "file b 0644 'x'", "hardlink c -> a"],
  ],
  ["links a name to itself", [["file a 0644 'x'"], ["hardlink a -> a"]], ["file a 0644 'x'"]],
  [
    "keeps FIFOs, devices and attributes",
    [["fifo f 0600 1:2", "char c 0666 1,3", "block b 0660 8,0", "file x 0644 '' user.a=b"]],
    ["block b 0660 8,0", "char c 0666 1,3", "fifo f 0600 1:2", "file x 0644 user.a=b ''"],
  ],
];

describe("applyEntries", () => {
  it.each(stacks)("%s", async (_, layers, result) => {
    const stacked = layers.reduce((lower, lines) => lower.applyEntries(treeEntries(...lines)), tree());
    expect(await treeLines(stacked)).toEqual(result);
  });

  it.each(stacks)("leaves the tree below as it was: %s", async (_, layers) => {
    let below = tree();
    for (const lines of layers) {
      const before = await treeLines(below);
      const above = below.applyEntries(treeEntries(...lines));
      expect(await treeLines(below)).toEqual(before);
      below = above;
    }
  });

  it("takes the root's metadata from its entry", () => {
    const stacked = tree("file a 0644 ''").applyEntries(treeEntries("dir '' 01777 5:6"));
    expect(stacked.get("")).toMatchObject({ mode: 0o1777, uid: 5, gid: 6 });
    expect(stacked.list("")).toEqual(["a"]);
  });

  it("Differs: a hard link takes the metadata of its file; unpackers apply those of the link's own tar header", () => {
    expect(tree("file a 0600 1:1 'x'", "hardlink b 0777 2:2 -> a").get("b")).toMatchObject({
      mode: 0o600,
      uid: 1,
    });
  });

  it("gives files with one linkGroup the bytes of the first and a group of the tree's own", async () => {
    const [first] = treeEntries("file a 0644 'x'");
    if (first?.type !== "file") expect.unreachable();
    const stacked = fileTreeOf([
      { ...first, linkGroup: "inode 7" },
      { ...first, path: "b", linkGroup: "inode 7" },
    ]);
    expect(await treeLines(stacked)).toEqual(["file a 0644 'x'", "hardlink b -> a"]);
  });

  it.each([
    ["hardlink b -> none"],
    ["dir d 0755", "hardlink b -> d"],
    ["file a 0644 ''", "file a/b 0644 ''"],
    ["file /a 0644 ''"],
    ["file a//b 0644 ''"],
    ["file a/../b 0644 ''"],
    ["file ./a 0644 ''"],
    ["file '' 0644 'x'"],
    ["whiteout ../a"],
    ["whiteout ''"],
    ["opaque a/.."],
    [`file ${"a".repeat(20_000)} 0644 ''`],
  ])("refuses %j", (...lines) => {
    expect(() => tree(...lines)).toThrow(expect.objectContaining({ code: "SNAPSHOT_LAYER_INVALID" }));
  });

  it("survives deeper trees than the call stack", () => {
    const path = Array.from({ length: 8000 }, () => "d").join("/");
    expect([...tree(`dir ${path} 0755`).entries()]).toHaveLength(8000);
  });
});

describe("applyLayer", () => {
  const diffId = (digit: string): DiffId => parseDiffId(`sha256:${digit.repeat(64)}`);
  const file = (path: string, text: string): TreeEntry => ({
    ...{ type: "file", path, mode: 0o644, uid: 0, gid: 0, mtimeSec: 0 },
    ...{ size: text.length, digest: digestOf(text), dataOffset: 512 },
  });
  const layer = (digit: string, ...entries: readonly TreeEntry[]): LayerTree => ({
    diffId: diffId(digit),
    entries,
  });

  it("opens each file from the layer it came from, by the layer's own entry", async () => {
    const opened: string[] = [];
    const stacked = emptyFileTree((id, { path, dataOffset }) => {
      opened.push(`${id.slice(7, 8)} ${path} ${dataOffset}`);
      return bytesReader(Buffer.from("bytes"));
    })
      .applyLayer(layer("1", file("a", "bytes"), file("b", "bytes")))
      .applyLayer(layer("2", file("b", "bytes")));
    for (const path of ["a", "b"]) expect((await readFileBytes(stacked, path)).toString()).toBe("bytes");
    expect(opened).toEqual(["1 a 512", "2 b 512"]);
  });

  it("knows digests from the layer without reading", () => {
    const stacked = emptyFileTree(() => expect.unreachable()).applyLayer(layer("1", file("a", "bytes")));
    expect(stacked.fileDigest("a")).toBe(digestOf("bytes"));
    expect(stacked.get("a")).not.toHaveProperty("dataOffset");
  });
});
