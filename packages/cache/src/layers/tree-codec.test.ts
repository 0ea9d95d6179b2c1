import { digestOf, type LayerTree, layerRows, parseDiffId, type TreeEntry } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileEntry } from "../../test/support/made-up-layer.js";
import { decodeRows } from "./decode-rows.js";
import { decodeTree } from "./decode-tree.js";
import { encodeTree } from "./encode-tree.js";

const diffId = parseDiffId(digestOf("tar"));
const tree = (...entries: readonly TreeEntry[]): LayerTree => ({ diffId, entries });
const meta = { mode: 0o7777, uid: 3_000_000, gid: 2 ** 40, mtimeSec: -1.5 };
const xattrs = new Map([
  ["user.b", new Uint8Array([0, 255])],
  ["user.a", new Uint8Array()],
]);

const everyType: readonly TreeEntry[] = [
  { type: "directory", path: "d", ...meta },
  { type: "directory", path: "d/é\ud83d\ude00", ...meta, xattrs },
  { type: "file", path: "d/f", ...meta, size: 2 ** 45, digest: digestOf("f"), dataOffset: 2 ** 46 },
  { type: "file", path: "d/g", ...meta, size: 0, digest: digestOf("g"), dataOffset: 0, linkGroup: "" },
  {
    type: "file",
    path: "d/h",
    ...meta,
    size: 1,
    digest: digestOf("h"),
    dataOffset: 1,
    linkGroup: "8:1",
    xattrs,
  },
  { type: "hardlink", path: "d/i", ...meta, target: "d/h" },
  { type: "symlink", path: "d/j", ...meta, target: "../not-utf8-\udcff" },
  { type: "symlink", path: "d/k", ...meta, target: "" },
  { type: "fifo", path: "d/l", ...meta, xattrs: new Map() },
  { type: "character-device", path: "d/m", ...meta, deviceMajor: 1, deviceMinor: 2 ** 31 },
  { type: "block-device", path: "d/n", ...meta, deviceMajor: 8, deviceMinor: 0 },
  { type: "whiteout", path: "d/o" },
  { type: "opaque", path: "p" },
];

const path = fc.string({
  unit: fc.constantFrom("a", "/", "é", "\u0100", "\udc80"),
  minLength: 1,
  maxLength: 8,
});
const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const entry: fc.Arbitrary<TreeEntry> = fc
  .tuple(fc.constantFrom(...everyType), path, number, number)
  .map(([sample, name, mtimeSec, uid]): TreeEntry => {
    if (sample.type === "whiteout" || sample.type === "opaque") return { ...sample, path: name };
    return { ...sample, path: name, mtimeSec, uid };
  });

describe("encodeTree and decodeTree", () => {
  it.each([
    ["no entries", tree()],
    ["every type", tree(...everyType)],
    ["ASCII names alone", tree(fileEntry("a"), fileEntry("b"))],
    ["a name of Latin-1", tree(fileEntry("\u00ff"))],
    ["a name beyond Latin-1", tree(fileEntry("\u0100"))],
  ])("give back a tree with %s", (_, value) => {
    expect(decodeTree(encodeTree(value))).toEqual(value);
  });

  it("give back any tree", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        expect(decodeTree(encodeTree(tree(...entries)))).toEqual(tree(...entries));
      }),
    );
  });

  it("give the rows of any tree, as often as somebody reads them", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const [found, expected] = [decodeRows(encodeTree(tree(...entries))), layerRows(tree(...entries))];
        expect(found.count).toBe(entries.length);
        expect([...found]).toEqual([...expected]);
        expect([...found]).toEqual([...expected]);
        expect(Buffer.from(found.digests)).toEqual(Buffer.from(expected.digests));
      }),
    );
  });

  it("decode from bytes that do not start at the beginning of their memory", () => {
    const bytes = encodeTree(tree(...everyType));
    const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
    expect(decodeTree(shifted)).toEqual(tree(...everyType));
  });

  it("refuse a tree that is cut off anywhere, or longer than it says", () => {
    const bytes = encodeTree(tree(...everyType));
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeTree(bytes.subarray(0, end)), `cut at ${end}`).toThrow();
    }
    expect(() => decodeTree(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(RangeError);
  });

  it("keep an entry of an ordinary project under 200 bytes", () => {
    const entries = Array.from({ length: 1_000 }, (_, index) =>
      fileEntry(`node_modules/some-package-${index % 50}/lib/internal/module-${index}.js`),
    );
    expect(encodeTree(tree(...entries)).length / entries.length).toBeLessThan(200);
  });
});
