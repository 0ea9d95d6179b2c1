import { describe, expect, it } from "vitest";
import { digestOf, parseDiffId } from "../digest.js";
import { layerRows } from "./layer-rows.js";
import type { TreeEntry } from "./layer-tree.js";

const diffId = parseDiffId(digestOf("tar"));
const meta = { mode: 0o640, uid: 1, gid: 2, mtimeSec: 3 };
const rest = { ...meta, first: 0, second: 0, text: "", isGrouped: false, xattrs: undefined };
const xattrs = new Map([["user.a", new Uint8Array([1])]]);

const cases: readonly (readonly [TreeEntry, object])[] = [
  [
    { type: "directory", path: "d", ...meta, xattrs },
    { ...rest, xattrs },
  ],
  [
    { type: "file", path: "f", ...meta, size: 4, digest: digestOf("f"), dataOffset: 512 },
    { ...rest, first: 4, second: 512 },
  ],
  [
    { type: "file", path: "g", ...meta, size: 4, digest: digestOf("g"), dataOffset: 512, linkGroup: "" },
    { ...rest, first: 4, second: 512, isGrouped: true },
  ],
  [
    { type: "hardlink", path: "h", ...meta, target: "f" },
    { ...rest, text: "f" },
  ],
  [
    { type: "symlink", path: "s", ...meta, target: "../f" },
    { ...rest, text: "../f" },
  ],
  [
    { type: "block-device", path: "b", ...meta, deviceMajor: 8, deviceMinor: 1 },
    { ...rest, first: 8, second: 1 },
  ],
  [{ type: "fifo", path: "p", ...meta }, rest],
  [
    { type: "whiteout", path: "w" },
    { ...rest, mode: 0, uid: 0, gid: 0, mtimeSec: 0 },
  ],
];

describe("layerRows", () => {
  it.each(cases)("has one row for $type", (entry, expected) => {
    expect([...layerRows({ diffId, entries: [entry] })]).toEqual([
      { type: entry.type, path: entry.path, ...expected },
    ]);
  });

  it("has the digests of the files in their order", () => {
    const rows = layerRows({ diffId, entries: cases.map(([entry]) => entry) });
    expect(rows.count).toBe(cases.length);
    const hex = [digestOf("f"), digestOf("g")].map((digest) => digest.slice(7)).join("");
    expect(Buffer.from(rows.digests).toString("hex")).toBe(hex);
  });

  it("takes the rows that a tree has, and leaves its entries alone", () => {
    const rows = layerRows({ diffId, entries: [] });
    const tree = {
      diffId,
      rows,
      get entries(): never {
        return expect.unreachable();
      },
    };
    expect(layerRows(tree)).toBe(rows);
  });
});
