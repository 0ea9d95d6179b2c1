import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { chunked, gather } from "../../test/byte-streams.js";
import { noise, plain } from "../../test/layer-entries.js";
import { decodePath } from "../path-bytes.js";
import { encodeEntryHeader, type TarEntry } from "./entry-header.js";
import { encodePaxRecords } from "./pax-records.js";
import { readTar, readTarBatches } from "./read-tar.js";
import type { ReadTarOptions } from "./tar-headers.js";
import { paddingBytes, writeUstarBlock } from "./ustar-block.js";

const end = Buffer.alloc(1024);
const file = (path: string, size = 0): TarEntry => ({ type: "file", path, size, ...plain });

/** A member as bytes, so that tests can say what no encoder would. */
function raw(typeflag: string, name: string, body: Uint8Array = Buffer.of(), more: object = {}): Buffer {
  const header = Buffer.alloc(512);
  const none = new Uint8Array();
  const fields = {
    name: Buffer.from(name, "latin1"),
    prefix: none,
    linkName: none,
    deviceMajor: 0,
    deviceMinor: 0,
  };
  writeUstarBlock(header, 0, { ...plain, ...fields, size: body.length, typeflag, ...more });
  return Buffer.concat([header, body, Buffer.alloc(paddingBytes(body.length))]);
}

/** A header with other bytes in one of its fields. */
function withField(header: Buffer, offset: number, bytes: Uint8Array): Buffer {
  header.set(bytes, offset);
  const sum = header.fill(" ", 148, 156).reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

function pax(records: Record<string, string | Uint8Array>): Buffer {
  return encodePaxRecords(new Map(Object.entries(records).map(([key, value]) => [key, Buffer.from(value)])));
}

async function read(
  tar: Buffer,
  options: ReadTarOptions & { chunkBytes?: number } = {},
): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for await (const { entry } of readTar(chunked(tar, options.chunkBytes), options)) entries.push(entry);
  return entries;
}

describe("readTar", () => {
  it("gives bodies, places and what is behind them, whatever is read and left", async () => {
    const sizes = [0, 1, 511, 512, 513, 100_000];
    const bodies = sizes.map((size, index) => noise(size, index));
    const tar = Buffer.concat([...bodies.map((body, index) => raw("0", `f${index}`, body)), end]);
    for (const chunkBytes of [100, 512, 70_000, 1 << 20]) {
      let index = 0;
      for await (const { body, dataOffset } of readTar(chunked(tar, chunkBytes))) {
        const expected = bodies[index] ?? expect.unreachable();
        if (index % 3 === 1) for await (const chunk of body) if (chunk.length > 0) break;
        if (index % 3 === 2) expect((await gather(body)).equals(expected)).toBe(true);
        expect(tar.subarray(dataOffset, dataOffset + expected.length).equals(expected)).toBe(true);
        index += 1;
      }
      expect(index).toBe(sizes.length);
    }
  });

  it("reads every type", async () => {
    const entries: TarEntry[] = [
      { type: "directory", path: "d", ...plain, mode: 0o1777 },
      { type: "symlink", path: "s", target: "../x", ...plain },
      { type: "hardlink", path: "h", target: "f", ...plain },
      { type: "fifo", path: "p", ...plain, uid: 7 },
      { type: "character-device", path: "c", deviceMajor: 1, deviceMinor: 3, ...plain },
      { type: "block-device", path: "b", deviceMajor: 2097151, deviceMinor: 0, ...plain },
    ];
    const expected = entries.map((entry) => (entry.type === "directory" ? { ...entry, path: "d/" } : entry));
    expect(await read(Buffer.concat([...entries.map(encodeEntryHeader), end]))).toEqual(expected);
  });

  it("keeps the bytes of xattrs and of names that are not UTF-8, where tar-stream's own records do not", async () => {
    const xattrs = new Map([["security.capability", Uint8Array.of(1, 0, 0, 2, 255, 10, 61)]]);
    const entry: TarEntry = { ...file(`\udcff${"n".repeat(120)}`), xattrs };
    expect(await read(Buffer.concat([encodeEntryHeader(entry), end]))).toEqual([entry]);
  });

  it("takes the long names of GNU tar, byte for byte", async () => {
    const name = Buffer.from(`${"n".repeat(120)}\xff\0`, "latin1");
    const tar = Buffer.concat([
      raw("K", "././@LongLink", Buffer.from(`${"t".repeat(120)}\xfe\0`, "latin1")),
      raw("L", "././@LongLink", name),
      raw("2", "short"),
      end,
    ]);
    const [entry] = await read(tar);
    expect(entry).toMatchObject({
      path: decodePath(name.subarray(0, -1)),
      target: `${"t".repeat(120)}\udcfe`,
    });
  });

  it("lets records go before the header, and fractions of seconds go down", async () => {
    const records = pax({
      path: "é",
      uid: "3000000",
      gid: "4000000",
      mtime: "-1.5",
      "SCHILY.xattr.user.a": "1",
    });
    const tar = Buffer.concat([raw("x", "pax", records), raw("0", "e"), raw("0", "plain"), end]);
    expect(await read(tar)).toEqual([
      {
        ...file("é"),
        uid: 3000000,
        gid: 4000000,
        mtimeSec: -2,
        xattrs: new Map([["user.a", Uint8Array.of(0x31)]]),
      },
      file("plain"),
    ]);
  });

  it("gives records for all members to those without own ones too, until they are changed", async () => {
    const tar = Buffer.concat([
      raw("g", "g", pax({ mtime: "50", uid: "9", comment: "made by git" })),
      raw("0", "a"),
      raw("x", "x", pax({ mtime: "60" })),
      raw("0", "b"),
      raw("g", "g", pax({ uid: "" })),
      raw("0", "c"),
      end,
    ]);
    expect(await read(tar)).toMatchObject([
      { mtimeSec: 50, uid: 9 },
      { mtimeSec: 60, uid: 9 },
      { mtimeSec: 50, uid: 0 },
    ]);
  });

  it("takes the size from its record", async () => {
    const body = noise(700, 1);
    const data = Buffer.concat([body, Buffer.alloc(paddingBytes(700))]);
    const tar = Buffer.concat([raw("x", "x", pax({ size: "700" })), raw("0", "a"), data, raw("0", "b"), end]);
    expect(await read(tar)).toMatchObject([{ path: "a", size: 700 }, { path: "b" }]);
  });

  it("reads a size over 8 GiB from the header alone", async () => {
    for await (const { entry } of readTar(chunked(encodeEntryHeader(file("big", 20 * 2 ** 30))))) {
      expect(entry).toMatchObject({ path: "big", size: 20 * 2 ** 30 });
      break;
    }
    expect.assertions(1);
  });

  it("takes a name with a slash at its end for a directory, as tars from before POSIX mean it", async () => {
    const block = withField(raw("\0", "d/"), 257, Buffer.alloc(8));
    expect(await read(Buffer.concat([block, end]))).toMatchObject([{ type: "directory", path: "d/" }]);
  });

  it("takes a checksum of signed bytes, as old writers made it", async () => {
    const block = raw("0", "é".repeat(10)).fill(" ", 148, 156);
    const sum = new Int8Array(block).reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    expect(await read(Buffer.concat([block, end]))).toMatchObject([{ path: "\udce9".repeat(10) }]);
  });

  it.each([
    ["a time before 1970", Buffer.alloc(12, 0xff), -1],
    ["a time beyond octal digits", Buffer.from("800000000000000400000000", "hex"), 2 ** 34],
  ])("takes %s in base 256, as GNU tar writes it", async (_, field, mtimeSec) => {
    expect(await read(Buffer.concat([withField(raw("0", "a"), 136, field), end]))).toMatchObject([
      { mtimeSec },
    ]);
  });

  it("stops at two blocks of zeros, as Go does, and reads the source to its end", async () => {
    let bytes = 0;
    const tar = Buffer.concat([raw("0", "a"), end, raw("0", "b"), Buffer.alloc(50_000, 1)]);
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunked(tar, 1000)) {
        bytes += chunk.length;
        yield chunk;
      }
    }
    const paths: string[] = [];
    for await (const { entry } of readTar(counted())) paths.push(entry.path);
    expect([paths, bytes]).toEqual([["a"], tar.length]);
    expect(await read(tar, { chunkBytes: tar.length })).toMatchObject([{ path: "a" }]);
  });

  it.each([
    { name: "without the blocks of zeros", tar: raw("0", "a", Buffer.alloc(512)) },
    {
      name: "without the padding of its last member",
      tar: raw("0", "a", Buffer.alloc(700)).subarray(0, 512 + 700),
    },
    {
      name: "with junk instead of a whole block behind its end",
      tar: Buffer.concat([raw("0", "a"), end, Buffer.of(1)]),
    },
  ])("takes a tar $name, as Go does", async ({ tar }) => {
    expect(await read(tar, { chunkBytes: 512 })).toMatchObject([{ path: "a" }]);
  });

  it("gives nothing for an empty source", async () => {
    expect(await read(Buffer.of())).toEqual([]);
  });

  it("reads what tar-stream packs", async () => {
    const packing = pack();
    packing.entry({ name: "a/ü", mode: 0o600, mtime: new Date(5000) }, "text");
    packing.finalize();
    expect(await read(await gather(packing as AsyncIterable<Uint8Array>))).toEqual([
      { ...file("a/ü", 4), mode: 0o600, mtimeSec: 5 },
    ]);
  });
});

describe("readTar refuses", () => {
  it.each([
    { name: "a header whose checksum is wrong", tar: raw("0", "a").fill(0x62, 0, 1), code: "TAR_MALFORMED" },
    { name: "bytes that are no tar", tar: noise(2000, 1), code: "TAR_MALFORMED" },
    { name: "a header cut short", tar: raw("0", "a").subarray(0, 300), code: "TAR_MALFORMED" },
    {
      name: "data cut short",
      tar: raw("0", "a", Buffer.alloc(5000)).subarray(0, 3000),
      code: "TAR_MALFORMED",
    },
    {
      name: "data cut short inside the last block",
      tar: raw("0", "a", Buffer.alloc(600)).subarray(0, 512 + 590),
      code: "TAR_MALFORMED",
    },
    {
      name: "an extended header that is no list",
      tar: Buffer.concat([raw("x", "x", Buffer.from("junk")), raw("0", "a")]),
      code: "TAR_MALFORMED",
    },
    {
      name: "a record without a keyword, as Go does",
      tar: Buffer.concat([raw("x", "x", Buffer.from("5 =a\n")), raw("0", "a")]),
      code: "TAR_MALFORMED",
    },
    {
      name: "a record whose length is no number",
      tar: Buffer.concat([raw("x", "x", Buffer.from("1x path=a\n")), raw("0", "a")]),
      code: "TAR_MALFORMED",
    },
    {
      name: "a record longer than its header",
      tar: Buffer.concat([raw("x", "x", Buffer.from("99 path=a\n")), raw("0", "a")]),
      code: "TAR_MALFORMED",
    },
    {
      name: "a record with an owner that is no number",
      tar: Buffer.concat([raw("x", "x", pax({ uid: "-1" })), raw("0", "a")]),
      code: "TAR_MALFORMED",
    },
    {
      name: "a record with a time that is no number",
      tar: Buffer.concat([raw("x", "x", pax({ mtime: "soon" })), raw("0", "a")]),
      code: "TAR_MALFORMED",
    },
    {
      name: "a size that readers take differently",
      tar: Buffer.concat([raw("x", "x", pax({ size: "0x10" })), raw("0", "a")]),
      code: "TAR_MALFORMED",
    },
    {
      name: "NUL in a name",
      tar: Buffer.concat([raw("x", "x", pax({ path: "a\0b" })), raw("0", "a")]),
      code: "TAR_MALFORMED",
    },
    {
      name: "one path for all members",
      tar: Buffer.concat([raw("g", "g", pax({ path: "a" })), raw("0", "b")]),
      code: "TAR_MALFORMED",
    },
    {
      name: "one size for all members",
      tar: Buffer.concat([raw("g", "g", pax({ size: "1" })), raw("0", "b")]),
      code: "TAR_MALFORMED",
    },
    {
      name: "a symlink with data, which readers place differently",
      tar: raw("2", "a", Buffer.alloc(512), { linkName: Buffer.from("b") }),
      code: "TAR_MALFORMED",
    },
    {
      name: "a size with a digit that is none",
      tar: withField(raw("0", "a"), 124, Buffer.from("00000000018\0")),
      code: "TAR_MALFORMED",
    },
    {
      name: "a negative size",
      tar: withField(raw("0", "a"), 124, Buffer.alloc(12, 0xff)),
      code: "TAR_MALFORMED",
    },
    {
      name: "more records for all members than anybody needs",
      tar: raw("g", "g", pax(Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`a.${n}`, "b"])))),
      code: "TAR_LIMIT_EXCEEDED",
    },
    { name: "a link to nothing", tar: raw("1", "a"), code: "TAR_MALFORMED" },
    { name: "a sparse file of GNU tar", tar: raw("S", "a", Buffer.alloc(512)), code: "TAR_TYPE_UNSUPPORTED" },
    {
      name: "a sparse file in PAX",
      tar: Buffer.concat([raw("x", "x", pax({ "GNU.sparse.major": "1" })), raw("0", "a")]),
      code: "TAR_TYPE_UNSUPPORTED",
    },
    { name: "a part of a volume", tar: raw("M", "a"), code: "TAR_TYPE_UNSUPPORTED" },
    {
      name: "more members than allowed",
      tar: Buffer.concat([raw("0", "a"), raw("0", "b"), raw("0", "c")]),
      code: "TAR_LIMIT_EXCEEDED",
    },
    {
      name: "more bytes than allowed",
      tar: raw("0", "a", Buffer.alloc(100_000)),
      code: "TAR_LIMIT_EXCEEDED",
    },
    {
      name: "a long extended header",
      tar: Buffer.concat([raw("x", "x", pax({ comment: Buffer.alloc(5 << 20, 32) })), raw("0", "a")]),
      max: 1 << 30,
      code: /TAR_MALFORMED|TAR_LIMIT_EXCEEDED/,
    },
    {
      name: "endless extended headers",
      tar: Buffer.concat(
        Array.from({ length: 9 }, () => raw("x", "x", pax({ comment: Buffer.alloc(1 << 20, 32) }))),
      ),
      max: 1 << 30,
      code: "TAR_LIMIT_EXCEEDED",
    },
  ])("$name", async ({ tar, code, max }) => {
    for (const chunkBytes of [64 * 1024, tar.length]) {
      if (tar.length > 1 << 20 && chunkBytes === tar.length) continue;
      const reading = read(tar, { maxMembers: 2, maxBytes: max ?? 50_000, chunkBytes });
      await expect(reading).rejects.toMatchObject({
        code: typeof code === "string" ? code : expect.stringMatching(code),
      });
    }
  });

  it("data cut short, in the loop over the body too", async () => {
    const tar = raw("0", "a", Buffer.alloc(5000)).subarray(0, 3000);
    const reading = (async () => {
      for await (const { body } of readTar(chunked(tar, 512))) await gather(body);
    })();
    await expect(reading).rejects.toMatchObject({ code: "TAR_MALFORMED" });
  });
});

describe("readTar, when it ends early", () => {
  function source(fail?: Error): { chunks: AsyncIterable<Uint8Array>; ended: () => number } {
    let ended = 0;
    async function* chunks(): AsyncGenerator<Uint8Array> {
      try {
        for (let index = 0; index < 10_000; index += 1) {
          yield raw("0", `f${index}`, Buffer.alloc(1000));
          if (fail !== undefined && index === 3) throw fail;
        }
      } finally {
        ended += 1;
      }
    }
    return { chunks: chunks(), ended: () => ended };
  }

  it("ends the source when the loop is left", async () => {
    const { chunks, ended } = source();
    for await (const { entry } of readTar(chunks)) if (entry.path === "f5") break;
    expect(ended()).toBe(1);
  });

  it("ends the source when the loop is left inside a body", async () => {
    const { chunks, ended } = source();
    const reading = (async () => {
      for await (const { body } of readTar(chunks)) {
        for await (const chunk of body) throw new Error(`enough after ${chunk.length}`);
      }
    })();
    await expect(reading).rejects.toThrow("enough");
    expect(ended()).toBe(1);
  });

  it("passes the source's own failure on, from between members and from within a body", async () => {
    const failure = new Error("connection lost");
    const skipping = (async () => {
      for await (const { entry } of readTar(source(failure).chunks)) expect(entry.type).toBe("file");
    })();
    await expect(skipping).rejects.toBe(failure);
    const reading = (async () => {
      for await (const { body } of readTar(source(failure).chunks)) await gather(body);
    })();
    await expect(reading).rejects.toBe(failure);
  });

  it("never gives a part of a body for the whole when the source fails", async () => {
    const failure = new Error("connection lost");
    async function* half(): AsyncGenerator<Uint8Array> {
      yield raw("0", "a", noise(5000, 1)).subarray(0, 3000);
      throw failure;
    }
    for await (const { body } of readTar(half())) {
      await expect(gather(body)).rejects.toBe(failure);
      break;
    }
    expect.assertions(1);
  });
});

describe("readTarBatches", () => {
  const bodies = [10, 3000, 0, 600].map((size, index) => noise(size, index));
  const tar = Buffer.concat([...bodies.map((body, index) => raw("0", `f${index}`, body)), end]);

  it("gives together what has come together, without waiting for bodies that have", async () => {
    const batches: string[][] = [];
    for await (const members of readTarBatches(chunked(tar, 2048))) {
      const names: string[] = [];
      for (const { entry, body } of members) {
        const target = new Uint8Array(1000);
        const count = body.read(target);
        names.push(
          typeof count === "number" ? `${entry.path} ${count}` : `${entry.path} ${await count} later`,
        );
      }
      batches.push(names);
    }
    expect(batches.filter((names) => names.length > 0)).toEqual([
      ["f0 10", "f1 512"],
      ["f2 0", "f3 512"],
    ]);
  });

  it.each([1, 512, 2048, 1 << 20])(
    "reads bodies into the caller's memory, from chunks of %i",
    async (chunkBytes) => {
      const found: Buffer[] = [];
      for await (const members of readTarBatches(chunked(tar, chunkBytes))) {
        for (const { body } of members) {
          const parts: Buffer[] = [];
          const target = Buffer.alloc(700);
          for (let count = await body.read(target); count > 0; count = await body.read(target))
            parts.push(Buffer.from(target.subarray(0, count)));
          found.push(Buffer.concat(parts));
        }
      }
      expect(found.map((each, index) => each.equals(bodies[index] ?? expect.unreachable()))).toEqual(
        bodies.map(() => true),
      );
    },
  );

  it("passes over what is left of a batch", async () => {
    const names: string[] = [];
    for await (const members of readTarBatches(chunked(tar, 4608))) {
      for (const { entry } of members) {
        names.push(entry.path);
        break;
      }
    }
    expect(names).toEqual(["f0", "f2"]);
  });

  it("fails where a body ends too early, and where one is read too late", async () => {
    const cut = readTarBatches(chunked(tar.subarray(0, 3000), 1000));
    await expect(async () => {
      for await (const members of cut) for (const { body } of members) await gather(body);
    }).rejects.toMatchObject({ code: "TAR_MALFORMED" });
    const late: (() => unknown)[] = [];
    for await (const members of readTarBatches(chunked(tar, 1024)))
      for (const { body } of members) late.push(() => body.read(new Uint8Array(1)));
    expect(late[0]).toThrow(TypeError);
  });
});
