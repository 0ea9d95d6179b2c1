import fc from "fast-check";
import { extract } from "tar-stream";
import { describe, expect, it } from "vitest";
import { chunked } from "../../test/byte-streams.js";
import { encodePath } from "../path-bytes.js";
import type { TarEntry } from "./entry-header.js";
import { encodePaxRecords } from "./pax-records.js";
import { readTar } from "./read-tar.js";
import { paddingBytes, type UstarFields, writeUstarBlock } from "./ustar-block.js";

const BLOCK_BYTES = 512;
const tarEnd = Buffer.alloc(2 * BLOCK_BYTES);

/** One member as lines of a test can compare it. */
type Line = readonly (string | number | undefined)[];

interface Found {
  readonly lines: readonly Line[];
  readonly ended: "whole" | "refused" | "stuck";
}

async function ours(tar: Buffer, chunkBytes: number): Promise<Found> {
  const lines: Line[] = [];
  try {
    for await (const { entry, dataOffset } of readTar(chunked(tar, chunkBytes))) {
      const size = entry.type === "file" ? entry.size : undefined;
      const { type, mode, uid, gid, mtimeSec } = entry;
      lines.push([bytesOf(entry.path), type, mode, uid, gid, mtimeSec, size, targetOf(entry), dataOffset]);
    }
  } catch {
    return { lines, ended: "refused" };
  }
  return { lines, ended: "whole" };
}

const bytesOf = (path: string): string => encodePath(path).toString("latin1");
const targetOf = (entry: TarEntry): string | undefined =>
  "target" in entry ? bytesOf(entry.target) : undefined;

/** Names as Latin-1 keep their bytes; tars from before POSIX have no magic. */
const parserOptions = { filenameEncoding: "latin1", allowUnknownFormat: true, highWaterMark: 16 * 1024 };

/** What tar-stream reads, with the names of types that we have. */
function theirs(tar: Buffer): Promise<Found> {
  const lines: Line[] = [];
  const parser = extract(parserOptions);
  return new Promise((resolve) => {
    parser.on("error", () => resolve({ lines, ended: "refused" }));
    parser.on("close", () => resolve({ lines, ended: "refused" }));
    parser.on("finish", () => resolve({ lines, ended: "whole" }));
    parser.on("entry", (header, stream, next) => {
      const { mode, uid, gid, mtime, size, linkname, name } = header;
      const type = typeOf(header.type, name);
      const target = type === "hardlink" || type === "symlink" ? linkname : undefined;
      const path = header.pax === null ? name : Buffer.from(name).toString("latin1");
      const seconds = mtime.getTime() / 1000;
      const offset = (stream as unknown as { offset: number }).offset + BLOCK_BYTES;
      const fileSize = type === "file" ? size : undefined;
      lines.push([path, type, mode & 0o7777, uid, gid, seconds, fileSize, target, offset]);
      // The parser tells of it too.
      stream.on("error", () => undefined);
      stream.resume();
      // Without waiting for its end, which those of directories with a size never have.
      next();
    });
    parser.end(tar);
    // All is done before a timer's turn comes, but for headers that tar-stream never gets over.
    setTimeout(() => resolve({ lines, ended: "stuck" }), 0);
  });
}

function typeOf(type: string | null | undefined, name: string): string {
  if (type === "link") return "hardlink";
  if (type !== "file" && type !== "contiguous-file") return String(type);
  return name.endsWith("/") ? "directory" : "file";
}

const nameBytes = fc
  .array(fc.constantFrom(0x61, 0x62, 0x2f, 0x2e, 0x20, 0xc3, 0xbc, 0xff), { minLength: 1, maxLength: 30 })
  .map((bytes) => Uint8Array.from(bytes));
const id = fc.constantFrom(0, 7, 0o7777777);

interface Sample {
  readonly typeflag: string;
  readonly body: Uint8Array;
  readonly fields: Omit<UstarFields, "typeflag" | "size">;
  readonly changes: readonly (readonly [number, number])[];
}

function sample(changes: fc.Arbitrary<Sample["changes"]>): fc.Arbitrary<Sample> {
  const fields = fc.record({
    name: nameBytes,
    prefix: fc.oneof(
      { weight: 3, arbitrary: fc.constant(new Uint8Array()) },
      { arbitrary: nameBytes, weight: 1 },
    ),
    mode: fc.constantFrom(0, 0o644, 0o7777),
    uid: id,
    gid: id,
    mtimeSec: fc.constantFrom(0, 1, 8 ** 11 - 1),
    linkName: nameBytes,
    deviceMajor: id,
    deviceMinor: id,
  });
  const types = fc.constantFrom("0", "0", "0", "\0", "7", "1", "2", "3", "4", "5", "6", "L", "K", "x");
  return fc
    .tuple(types, fc.uint8Array({ maxLength: 1200 }), fields, nameBytes, changes)
    .map(([typeflag, bytes, numbers, name, changed]) => {
      const isFile = typeflag === "0" || typeflag === "\0" || typeflag === "7";
      const records = new Map([
        ["path", Buffer.from("é/long")],
        ["comment", name],
      ]);
      const extension = typeflag === "x" ? encodePaxRecords(records) : Buffer.from([...name, 0]);
      const body = isFile ? bytes : /[LKx]/.test(typeflag) ? extension : new Uint8Array();
      return { typeflag, body, fields: numbers, changes: changed };
    });
}

function tarOf(samples: readonly Sample[]): Buffer {
  const blocks = samples.flatMap(({ typeflag, body, fields, changes }) => {
    const header = Buffer.alloc(BLOCK_BYTES);
    writeUstarBlock(header, 0, { ...fields, typeflag, size: body.length });
    for (const [offset, byte] of changes) header[offset] = byte;
    if (changes.length > 0) writeChecksum(header);
    return [header, body, Buffer.alloc(paddingBytes(body.length))];
  });
  return Buffer.concat([...blocks, tarEnd]);
}

function writeChecksum(header: Buffer): void {
  const sum = header.fill(" ", 148, 156).reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}

describe("readTar and tar-stream", () => {
  it("read the same, whatever the members and the chunks", async () => {
    const samples = fc.array(sample(fc.constant([])), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(samples, fc.integer({ min: 1, max: 3000 }), async (members, chunkBytes) => {
        const tar = tarOf(members);
        const [found, expected] = [await ours(tar, chunkBytes), await theirs(tar)];
        expect(found.lines).toEqual(expected.lines.slice(0, found.lines.length));
        if (found.ended === "whole") expect(found).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("never read a damaged header in two ways: it is refused, or read as tar-stream reads it", async () => {
    // 0xff begins a negative number, of which tar-stream gives one too little.
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 0xfe }),
      fc.constantFrom(0, 0x20, 0x30, 0x37, 0x38, 0x80),
    );
    const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 511 }), byte), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(sample(changes), { minLength: 1, maxLength: 4 }), async (members) => {
        const tar = tarOf(members);
        const [found, expected] = [await ours(tar, tar.length), await theirs(tar)];
        expect(found.lines).toEqual(expected.lines.slice(0, found.lines.length));
        if (found.ended === "whole" && expected.ended !== "stuck") {
          expect(expected.lines.length).toBe(found.lines.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
