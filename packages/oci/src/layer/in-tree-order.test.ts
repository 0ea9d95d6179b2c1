import { describe, expect, it } from "vitest";
import { dirOf, plain } from "../../test/layer-entries.js";
import { digestOf } from "../digest.js";
import { inTreeOrder } from "./in-tree-order.js";
import type { TreeEntry } from "./layer-tree.js";

const file = (path: string, dataOffset = 0): TreeEntry => ({
  ...{ type: "file", path, ...plain, size: 1, digest: digestOf(path), dataOffset },
});
const link = (path: string, target: string): TreeEntry => ({ type: "hardlink", path, ...plain, target });
const soft = (path: string, target: string): TreeEntry => ({ type: "symlink", path, ...plain, target });

// What it means for a tree is tested where trees are stacked: stacked-layers.test.ts of @oci-build/snapshot.
describe("inTreeOrder", () => {
  it("puts parents first, siblings by name, and deletions before all", () => {
    const entries = [
      dirOf("b"),
      file("b/z"),
      { type: "whiteout", path: "b/y" },
      dirOf("a-"),
      dirOf("a"),
      file("a/x"),
      { type: "opaque", path: "a" },
      dirOf(""),
    ] as const;
    expect(inTreeOrder(entries).map(({ type, path }) => `${type} ${path}`)).toEqual([
      "whiteout b/y",
      "opaque a",
      "directory ",
      "directory a",
      "file a/x",
      "directory a-",
      "directory b",
      "file b/z",
    ]);
  });

  it("gives a file's bytes to its first name, and makes the others links to that", () => {
    const entries = [file("m", 512), link("z", "m"), link("a", "z"), link("k", "m")];
    expect(inTreeOrder(entries)).toEqual([
      { ...file("m", 512), path: "a" },
      link("k", "a"),
      link("m", "a"),
      link("z", "a"),
    ]);
  });

  it("keeps the later metadata of a directory that is there twice", () => {
    const later = { ...dirOf("d"), mode: 0o700 };
    expect(inTreeOrder([dirOf("d"), file("d/f"), later])).toEqual([later, file("d/f")]);
  });

  it("gives back the very entries of a layer that is in order", () => {
    const entries: readonly TreeEntry[] = [
      dirOf("a"),
      { type: "opaque", path: "a" },
      file("b/c"),
      file("b-"),
    ];
    expect(inTreeOrder(entries)).toBe(entries);
  });

  it.each<[string, readonly TreeEntry[]]>([
    ["a file in the place of another", [file("b"), file("a"), file("a")]],
    ["a directory in the place of a file", [file("b"), file("a"), dirOf("a")]],
    ["something below a directory that is nowhere made", [file("b"), file("a/f")]],
    ["something before the directory that it lies in", [file("a/f"), dirOf("a")]],
    ["something below a link", [soft("l", "d"), file("l/f"), dirOf("d")]],
    ["a hard link to what only a layer below can have", [file("b"), link("a", "old")]],
    ["a hard link to what is no file", [soft("s", "x"), link("a", "s")]],
    ["a link before its file", [link("b", "a"), file("a")]],
    ["a root that is no directory", [file("a"), file("")]],
    ["files of a link group", [file("b"), { ...file("a"), linkGroup: "1" } as TreeEntry]],
  ])("leaves a layer alone that has %s", (_, entries) => {
    expect(inTreeOrder(entries)).toBe(entries);
  });
});
