import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunked } from "../../test/byte-streams.js";
import { layerEntries } from "../../test/generated-entries.js";
import { dirOf, fileOf, layerOf, plain } from "../../test/layer-entries.js";
import { digestOf } from "../digest.js";
import { encodeEntryHeader, type TarEntry } from "../tar/entry-header.js";
import { readLayerTree } from "./read-layer-tree.js";

const file = (path: string): TarEntry => ({ type: "file", path, size: 0, ...plain });

function tarOf(...entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.map(encodeEntryHeader), Buffer.alloc(1024)]);
}

describe("readLayerTree", () => {
  it("gives the tree that writeLayer gave, whatever the entries and the chunks", async () => {
    await fc.assert(
      fc.asyncProperty(layerEntries, fc.integer({ min: 100, max: 5000 }), async (entries, chunkBytes) => {
        const layer = await layerOf(entries);
        expect(await readLayerTree(chunked(gunzipSync(layer.blob), chunkBytes))).toEqual(layer.tree);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    { name: "a deletion", member: "a/.wh.b", found: { type: "whiteout", path: "a/b" } },
    { name: "a deletion at the root", member: "./.wh.b", found: { type: "whiteout", path: "b" } },
    { name: "an opaque directory", member: "a/.wh..wh..opq", found: { type: "opaque", path: "a" } },
    { name: "an opaque root", member: ".wh..wh..opq", found: { type: "opaque", path: "" } },
    {
      name: "no more in a name that only contains the prefix",
      member: "a.wh.b",
      found: { type: "file", path: "a.wh.b" },
    },
  ])("recognises $name", async ({ member, found }) => {
    expect((await readLayerTree(chunked(tarOf(file(member))))).entries).toMatchObject([found]);
  });

  it("leaves out the names of AUFS's own", async () => {
    const tar = tarOf(file(".wh..wh.aufs"), file("a/.wh..wh.plnk"), file("b"));
    expect((await readLayerTree(chunked(tar))).entries).toMatchObject([{ path: "b" }]);
  });

  it.each([".wh.", "a/.wh..", "a/.wh...", "../a", "a/../../b"])(
    "refuses %j, which leads out of the layer",
    async (path) => {
      const reading = readLayerTree(chunked(tarOf(file(path))));
      await expect(reading).rejects.toMatchObject({ code: "TAR_PATH_UNSAFE" });
    },
  );

  it("makes paths and targets of hard links relative to the root", async () => {
    const tar = tarOf(
      { type: "directory", path: ".", ...plain },
      file("/etc/./motd"),
      { type: "hardlink", path: "./link", target: "/etc/motd", ...plain },
      { type: "symlink", path: "./soft", target: "/etc/../x", ...plain },
    );
    expect((await readLayerTree(chunked(tar))).entries).toMatchObject([
      { type: "directory", path: "" },
      { path: "etc/motd" },
      { path: "link", target: "etc/motd" },
      { path: "soft", target: "/etc/../x" },
    ]);
  });

  it("counts what follows the tar's end to the diffId, and to nothing else", async () => {
    const tar = Buffer.concat([tarOf(file("a")), Buffer.alloc(9000), tarOf(file("b")), Buffer.from("junk")]);
    const tree = await readLayerTree(chunked(tar, 700));
    expect(tree.diffId).toBe(digestOf(tar));
    expect(tree.entries).toMatchObject([{ path: "a" }]);
  });

  it("keeps both of two members of one path, the later last", async () => {
    const tar = tarOf(file("a"), { type: "directory", path: "a", ...plain });
    expect((await readLayerTree(chunked(tar))).entries).toMatchObject([
      { type: "file" },
      { type: "directory" },
    ]);
  });

  it("gives a file's digest and place", async () => {
    const layer = await layerOf([dirOf("d"), fileOf("d/f", "hello")]);
    const tree = await readLayerTree(chunked(gunzipSync(layer.blob)));
    expect(tree.entries[1]).toEqual({
      type: "file",
      path: "d/f",
      ...plain,
      size: 5,
      digest: digestOf("hello"),
      dataOffset: 1024,
    });
  });
});
