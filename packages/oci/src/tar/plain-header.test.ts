import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodePath } from "../path-bytes.js";
import type { TarEntry } from "./entry-header.js";
import { plainHeader } from "./plain-header.js";
import { splitUstarName } from "./split-name.js";
import { fitsOctal, writeUstarBlock } from "./ustar-block.js";

const typeflags: Readonly<Record<string, string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  directory: "5",
};

/** The header by way of its fields, for an entry that they can say. */
function byFields(entry: TarEntry): Buffer | undefined {
  const target = "target" in entry ? encodePath(entry.target) : new Uint8Array();
  const name = splitUstarName(encodePath(entry.type === "directory" ? `${entry.path}/` : entry.path));
  const typeflag = typeflags[entry.type];
  if (typeflag === undefined || name === undefined || target.length > 100) return undefined;
  const { mode, uid, gid, mtimeSec } = entry;
  if (!fitsOctal(uid, 7) || !fitsOctal(gid, 7) || !fitsOctal(mtimeSec, 11)) return undefined;
  const block = Buffer.alloc(512);
  const size = entry.type === "file" ? entry.size : 0;
  writeUstarBlock(block, 0, {
    ...{ ...name, mode, uid, gid, size, mtimeSec, typeflag },
    ...{ linkName: target, deviceMajor: 0, deviceMinor: 0 },
  });
  return block;
}

const isAscii = (text: string): boolean => [...text].every((unit) => unit > "\0" && unit < "\x80");

const part = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "-", "."), minLength: 1, maxLength: 90 }),
  fc.string({ minLength: 1, maxLength: 5 }).map((text) => text.replaceAll("/", "-")),
);
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const number = (digits: number): fc.Arbitrary<number> => fc.nat({ max: 8 ** digits + 8 });
const entry = fc
  .record({
    type: fc.constantFrom("file", "directory", "symlink", "hardlink", "fifo"),
    path,
    mode: fc.nat({ max: 0o7777 }),
    uid: number(7),
    gid: number(7),
    mtimeSec: fc.oneof(number(11), fc.integer({ min: -9, max: 9 })),
    size: fc.nat(),
    target: path,
  })
  .map(({ size, target, ...meta }): TarEntry => {
    if (meta.type === "file") return { ...meta, size } as TarEntry;
    return (meta.type === "directory" || meta.type === "fifo" ? meta : { ...meta, target }) as TarEntry;
  });

describe("plainHeader", () => {
  it("gives what the fields of a header give, whatever was in the block, or leaves it to others", () => {
    const block = Buffer.alloc(512, 0xff);
    let given = 0;
    fc.assert(
      fc.property(entry, (each) => {
        const expected = byFields(each);
        const names = "target" in each ? each.path + each.target : each.path;
        const header = plainHeader(each, block);
        if (expected === undefined || !isAscii(names)) expect(header).toBeUndefined();
        else expect(header?.equals(expected), JSON.stringify(each)).toBe(true);
        if (header !== undefined) given += 1;
      }),
      { numRuns: 2000 },
    );
    expect(given).toBeGreaterThan(200);
  });

  it.each([
    { name: "attributes", more: { xattrs: new Map([["user.a", Buffer.of(1)]]) } },
    { name: "a fraction of a second", more: { mtimeSec: 0.5 } },
    { name: "a time before 1970", more: { mtimeSec: -1 } },
    { name: "more mode bits than there are", more: { mode: 0o10000 } },
    { name: "NUL in its name", more: { path: "a\0" } },
    { name: "the root's name", more: { type: "directory", path: "" } },
    { name: "a prefix of 156 bytes", more: { path: `${"p".repeat(156)}/${"n".repeat(100)}` } },
    {
      name: "a name of 101 bytes behind its prefix",
      more: { path: `${"p".repeat(155)}/${"n".repeat(101)}` },
    },
  ])("leaves an entry with $name to others", ({ more }) => {
    const plain = { type: "file", path: "f", mode: 0o644, uid: 0, gid: 0, mtimeSec: 0, size: 0 };
    expect(plainHeader({ ...plain, ...more } as TarEntry, Buffer.alloc(512))).toBeUndefined();
  });
});
