import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EntryTableBuilder } from "../entry-table-builder.js";
import { decodeIndex } from "./decode-index.js";
import { cursorAt, type EarlierScan, earlierNames, hasStat, seekName } from "./earlier-scan.js";
import { encodeIndex } from "./encode-index.js";

const stat = {
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 5,
  mtimeNs: 1_700_000_000_123_456_789n,
  ctimeNs: -1n,
  dev: 2n ** 63n + 5n,
  ino: 2n ** 64n - 1n,
  rdev: 0n,
};

/** `d` with `a`, `b` (a link) and `c`; `e`. */
function sample(names: readonly string[] = ["a", "b", "c"]): Uint8Array {
  const builder = new EntryTableBuilder();
  builder.add({ ...stat, parent: 0, name: "", type: "directory" });
  const d = builder.add({ ...stat, parent: 0, name: "d", type: "directory" });
  for (const name of names)
    builder.add({
      ...stat,
      parent: d,
      name,
      ...(name === "b" ? { type: "symlink", target: "\udcff" } : { type: "file" }),
    });
  builder.add({ ...stat, parent: 0, name: "e", type: "directory" });
  builder.setXattrs(2, new Map([["user.x", new Uint8Array([0, 255])]]));
  const table = builder.finish();
  const digests = new Uint8Array(table.count * 32).fill(7, 64, 96);
  return encodeIndex(table, { flags: Uint8Array.from(table.names.keys()), digests });
}

function decoded(bytes: Uint8Array): EarlierScan {
  const earlier = decodeIndex(bytes);
  if (earlier === undefined) throw new Error("not an index");
  return earlier;
}

describe("decodeIndex", () => {
  it.each([0, 1, 4])("gives what encodeIndex was given, from bytes that begin at %i", (offset) => {
    const bytes = sample();
    const shifted = Buffer.alloc(bytes.length + 8).subarray(offset, offset + bytes.length);
    shifted.set(bytes);
    const earlier = decoded(shifted);
    expect(earlier.count).toBe(6);
    expect(earlierNames(earlier, 0)).toEqual(["d", "e"]);
    expect(earlierNames(earlier, 1)).toEqual(["a", "b", "c"]);
    expect([...earlier.flags]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([earlier.mtimeNs[2], earlier.ctimeNs[2], earlier.ino[2]]).toEqual([stat.mtimeNs, -1n, stat.ino]);
    expect([earlier.devs[earlier.dev[2] ?? 9], earlier.size[2], earlier.mode[2]]).toEqual([
      stat.dev,
      5,
      0o644,
    ]);
    expect(earlier.targets.get(3)).toBe("\udcff");
    expect([...(earlier.xattrs.get(2) ?? [])]).toEqual([["user.x", Buffer.from([0, 255])]]);
    expect(earlier.digests.subarray(64, 96).every((byte) => byte === 7)).toBe(true);
  });

  it("takes nothing for an index that is none, is cut off, is longer, or is of another layout or byte order", () => {
    const bytes = sample();
    const changed = (at: number): Uint8Array => {
      const copy = new Uint8Array(bytes);
      copy[at] = (copy[at] ?? 0) ^ 255;
      return copy;
    };
    const longer = new Uint8Array(bytes.length + 8);
    longer.set(bytes);
    const wrong = [
      new Uint8Array(0),
      bytes.subarray(0, 31),
      bytes.subarray(0, -8),
      longer,
      ...[0, 4, 8, 12, 16, 20].map(changed),
    ];
    for (const one of wrong) expect(decodeIndex(one)).toBeUndefined();
  });

  it("ends, and does not throw, whichever byte of the numbers is wrong", () => {
    const bytes = sample();
    const extras = Buffer.from(bytes).indexOf('{"targets"');
    for (let at = 0; at < extras; at++) {
      for (const flip of [1, 2, 3, 4, 6, 16, 128, 255]) {
        const copy = new Uint8Array(bytes);
        copy[at] = (copy[at] ?? 0) ^ flip;
        walkAll(decodeIndex(copy));
      }
    }
  });
});

function walkAll(earlier: EarlierScan | undefined): void {
  if (earlier === undefined) return;
  for (let row = 0; row < earlier.count; row++) {
    earlierNames(earlier, row);
    seekName(earlier, cursorAt(earlier, row), "zzz");
  }
}

describe("hasStat", () => {
  const stats = { ...stat, mode: BigInt(stat.mode), nlink: 1n, uid: 0n, gid: 0n, size: 5n };
  const now = { stats, kind: 1, mode: stat.mode };

  it("holds for the same stat", () => {
    expect(hasStat(decoded(sample()), 2, now)).toBe(true);
  });

  it.each([
    ["mode", { ...now, mode: 0o600 }],
    ["type", { ...now, kind: 0 }],
    ["size", { ...now, stats: { ...stats, size: 6n } }],
    ["mtime", { ...now, stats: { ...stats, mtimeNs: stats.mtimeNs + 1n } }],
    ["ctime", { ...now, stats: { ...stats, ctimeNs: 0n } }],
    ["inode", { ...now, stats: { ...stats, ino: 1n } }],
    ["device", { ...now, stats: { ...stats, dev: 1n } }],
  ])("does not hold for another %s", (_, other) => {
    expect(hasStat(decoded(sample()), 2, other)).toBe(false);
  });
});

describe("seekName", () => {
  it("finds the names that both lists have, in one pass", () => {
    const name = fc.string({ unit: "binary", minLength: 1, maxLength: 4 });
    const names = fc
      .uniqueArray(name, { maxLength: 12 })
      .map((list) => list.filter((one) => one !== "b").sort());
    fc.assert(
      fc.property(names, names, (before, now) => {
        const earlier = decoded(sample(before));
        const cursor = cursorAt(earlier, 1);
        const found = now.filter((one) => seekName(earlier, cursor, one) !== undefined);
        expect(found).toEqual(now.filter((one) => before.includes(one)));
      }),
    );
  });
});
