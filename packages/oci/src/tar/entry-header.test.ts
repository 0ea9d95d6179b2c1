import { spawnSync } from "node:child_process";
import { extract } from "tar-stream";
import { describe, expect, it } from "vitest";
import { decodePath } from "../path-bytes.js";
import { encodeEntryHeader, PAX_MAX_BYTES, type TarEntry } from "./entry-header.js";

const meta = { mode: 0o644, uid: 0, gid: 0, mtimeSec: 0 };
const file = (path: string, more: object = {}): TarEntry => ({
  type: "file",
  path,
  size: 0,
  ...meta,
  ...more,
});

/** The extended header as lines, or "" when there is none. */
function pax(entry: TarEntry): string {
  const header = encodeEntryHeader(entry);
  return header.length === 512 ? "" : header.subarray(512, -512).toString("latin1").replace(/\0+$/, "");
}

describe("encodeEntryHeader", () => {
  it("lays out the fields of a plain file", () => {
    const header = encodeEntryHeader(
      file("etc/motd", { size: 5, mode: 0o4755, uid: 1000, gid: 2097151, mtimeSec: 1700000000 }),
    );
    const text = (from: number, to: number): string => header.subarray(from, to).toString("latin1");
    expect(header.length).toBe(512);
    expect(text(0, 9)).toBe("etc/motd\0");
    expect(text(100, 157)).toBe(
      ["0004755", "0001750", "7777777", "00000000005", "14524770400", `${text(148, 154)}\0 0`].join("\0"),
    );
    expect(text(257, 265)).toBe("ustar\u000000");
    expect(text(329, 345)).toBe("0000000\0" + "0000000\0");
    const sum =
      header.reduce((total, byte) => total + byte, 0) - header.subarray(148, 156).reduce((a, b) => a + b, 0);
    expect(text(148, 156)).toBe(`${(sum + 8 * 32).toString(8).padStart(6, "0")}\0 `);
  });

  it.each([
    { name: "a name of 100 bytes", entry: file("n".repeat(100)), records: "" },
    {
      name: "a name of 101 bytes without slash",
      entry: file("n".repeat(101)),
      records: `111 path=${"n".repeat(101)}\n`,
    },
    {
      name: "a name that splits at 155 and 100",
      entry: file(`${"p".repeat(155)}/${"n".repeat(100)}`),
      records: "",
    },
    {
      name: "a name whose prefix is one too long",
      entry: file(`${"p".repeat(156)}/${"n".repeat(100)}`),
      records: `267 path=${"p".repeat(156)}/${"n".repeat(100)}\n`,
    },
    {
      name: "a directory whose slash is the hundredth byte",
      entry: { ...meta, type: "directory", path: "n".repeat(99) },
      records: "",
    },
    {
      name: "a directory whose slash is one too far",
      entry: { ...meta, type: "directory", path: "n".repeat(100) },
      records: `111 path=${"n".repeat(100)}/\n`,
    },
    { name: "a name beyond ASCII", entry: file("é"), records: "11 path=Ã©\n" },
    { name: "a short name that is not UTF-8", entry: file("a\udcff"), records: "" },
    {
      name: "a long name that is not UTF-8",
      entry: file(`\udcff${"n".repeat(100)}`),
      records: `21 hdrcharset=BINARY\n111 path=ÿ${"n".repeat(100)}\n`,
    },
    {
      name: "a link target of 100 bytes",
      entry: { ...meta, type: "symlink", path: "l", target: "t".repeat(100) },
      records: "",
    },
    {
      name: "a link target of 101 bytes",
      entry: { ...meta, type: "hardlink", path: "l", target: "t".repeat(101) },
      records: `115 linkpath=${"t".repeat(101)}\n`,
    },
    { name: "the largest size", entry: file("a", { size: 8 ** 11 - 1 }), records: "" },
    { name: "a size of 8 GiB", entry: file("a", { size: 8 ** 11 }), records: "19 size=8589934592\n" },
    {
      name: "owners above 2097151",
      entry: file("a", { uid: 2097152, gid: 4294967294 }),
      records: "18 gid=4294967294\n15 uid=2097152\n",
    },
    { name: "a time before 1970", entry: file("a", { mtimeSec: -1 }), records: "12 mtime=-1\n" },
    { name: "a time after 2242", entry: file("a", { mtimeSec: 8 ** 11 }), records: "20 mtime=8589934592\n" },
    {
      name: "xattrs, sorted, their values as bytes",
      entry: file("a", {
        uid: 3000000,
        xattrs: new Map([
          ["user.z", Buffer.from("\0=\n")],
          ["user.a", Buffer.from("é")],
        ]),
      }),
      records: "26 SCHILY.xattr.user.a=Ã©\n27 SCHILY.xattr.user.z=\0=\n\n15 uid=3000000\n",
    },
  ] satisfies { name: string; entry: TarEntry; records: string }[])(
    "uses PAX only where ustar cannot say it: $name",
    ({ entry, records }) => {
      expect(pax(entry)).toBe(records);
    },
  );

  it("counts the digits of a record's length when they carry over a power of ten", () => {
    expect(pax(file("n".repeat(989)))).toBe(`998 path=${"n".repeat(989)}\n`.replace("998", "999"));
  });

  it.each([
    { field: "mode", entry: file("a", { mode: 0o10000 }) },
    { field: "uid", entry: file("a", { uid: -1 }) },
    { field: "gid", entry: file("a", { gid: 0.5 }) },
    { field: "size", entry: file("a", { size: -1 }) },
    { field: "mtimeSec", entry: file("a", { mtimeSec: 1.5 }) },
    { field: "path", entry: file("a\0b") },
    { field: "target", entry: { ...meta, type: "symlink", path: "a", target: "b\0" } },
    {
      field: "deviceMinor",
      entry: { ...meta, type: "block-device", path: "a", deviceMajor: 1, deviceMinor: 8 ** 7 },
    },
    { field: "xattr", entry: file("a", { xattrs: new Map([["user.a=b", Buffer.of()]]) }) },
    {
      field: "extended header",
      entry: file("a", { xattrs: new Map([["user.a", Buffer.alloc(PAX_MAX_BYTES)]]) }),
    },
  ] satisfies { field: string; entry: TarEntry }[])(
    "refuses a $field that no header can hold",
    ({ field, entry }) => {
      expect(() => encodeEntryHeader(entry)).toThrow(
        expect.objectContaining({ code: "TAR_FIELD_INVALID", data: expect.objectContaining({ field }) }),
      );
    },
  );

  it("ends no fallback name with a slash, which would make a directory of a file", async () => {
    const path = `${"d".repeat(99)}/${"e".repeat(200)}`;
    const stream = extract();
    stream.end(Buffer.concat([encodeEntryHeader(file(path)), Buffer.alloc(1024)]));
    for await (const entry of stream) {
      expect(entry.header).toMatchObject({ name: path, type: "file" });
      entry.resume();
    }
  });
});

describe.skipIf(process.platform !== "linux")("encodeEntryHeader, read by GNU tar", () => {
  const list = (entry: TarEntry): string =>
    spawnSync("tar", ["--numeric-owner", "--full-time", "--utc", "--quoting-style=literal", "-tvf", "-"], {
      input: encodeEntryHeader(entry),
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    }).stdout.toString("latin1");

  it.each([
    {
      name: "a directory",
      entry: { ...meta, type: "directory", path: "d" },
      shown: /^drw-r--r-- 0\/0 .* 0 1970-01-01 00:00:00 d\/\n$/,
    },
    {
      name: "a size of 20 GiB, from the header alone",
      entry: file("a", { size: 20 * 2 ** 30 }),
      shown: / 21474836480 1970/,
    },
    {
      name: "large owners",
      entry: file("a", { uid: 4294967294, gid: 2097152 }),
      shown: /4294967294\/2097152/,
    },
    { name: "times before 1970", entry: file("a", { mtimeSec: -1 }), shown: /1969-12-31 23:59:59 a/ },
  ] satisfies { name: string; entry: TarEntry; shown: RegExp }[])("shows $name", ({ entry, shown }) => {
    expect(list(entry)).toMatch(shown);
  });

  it("keeps names that are not UTF-8 byte for byte, short and long", () => {
    expect(decodePath(Buffer.from(list(file("a\udcff")), "latin1"))).toContain(" a\udcff\n");
    expect(decodePath(Buffer.from(list(file(`\udcfe${"n".repeat(120)}`)), "latin1"))).toContain(
      ` \udcfe${"n".repeat(120)}\n`,
    );
  });
});
