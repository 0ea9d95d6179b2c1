import type { LayerRow, LayerRows, Xattrs } from "@oci-build/oci";
import {
  DIGEST_BYTES,
  ENTRY_TYPES,
  FLAG_LINK_GROUP,
  FLAG_XATTRS,
  HEADER_BYTES,
  ROW_BYTES,
  TEXT_LATIN1,
  TEXT_UTF16,
} from "./tree-layout.js";

/** The parts of a tree's file. */
interface TreeParts {
  readonly count: number;
  readonly rows: DataView;
  readonly digests: Buffer;
  readonly text: string;
  readonly xattrs: Buffer;
}

/** How far the parts were read. */
interface Reading extends TreeParts {
  textAt: number;
  xattrAt: number;
  files: number;
}

/** The members of the tree that `encodeTree` wrote, made while they are read.
 * @throws RangeError, here or while they are read, when some inner length is wrong */
export function decodeRows(bytes: Buffer): LayerRows {
  const parts = openParts(bytes);
  return {
    count: parts.count,
    digests: parts.digests,
    *[Symbol.iterator]() {
      const reading: Reading = { ...parts, textAt: 0, xattrAt: 0, files: 0 };
      for (let index = 0; index < parts.count; index++) yield readRow(reading, index * ROW_BYTES);
      checkEnd(reading);
    },
  };
}

function openParts(bytes: Buffer): TreeParts {
  if (bytes.length < HEADER_BYTES) throw new RangeError("the header is cut off");
  const count = bytes.readUInt32LE(DIGEST_BYTES);
  const encoding = bytes.readUInt32LE(44);
  if (encoding !== TEXT_LATIN1 && encoding !== TEXT_UTF16) throw new RangeError(`text encoding ${encoding}`);
  const digestStart = HEADER_BYTES + count * ROW_BYTES;
  const textStart = digestStart + bytes.readUInt32LE(36) * DIGEST_BYTES;
  const textEnd = textStart + bytes.readUInt32LE(40) * encoding;
  if (textEnd > bytes.length) throw new RangeError("the tables are cut off");
  return {
    count,
    rows: new DataView(bytes.buffer, bytes.byteOffset + HEADER_BYTES, count * ROW_BYTES),
    digests: bytes.subarray(digestStart, textStart),
    text: bytes.toString(encoding === TEXT_LATIN1 ? "latin1" : "utf16le", textStart, textEnd),
    xattrs: bytes.subarray(textEnd),
  };
}

function checkEnd({ files, digests, textAt, text, xattrAt, xattrs }: Reading): void {
  const isRead =
    files * DIGEST_BYTES === digests.length && textAt === text.length && xattrAt === xattrs.length;
  if (!isRead) throw new RangeError("the tables are longer or shorter than the rows say");
}

function readRow(reading: Reading, at: number): LayerRow {
  const { rows } = reading;
  const type = ENTRY_TYPES[rows.getUint8(at)];
  if (type === undefined) throw new RangeError("an entry of an unknown type");
  const flags = rows.getUint8(at + 1);
  if (type === "file") reading.files++;
  return {
    type,
    path: takeText(reading, rows.getUint32(at + 44, true)),
    mode: rows.getUint16(at + 2, true),
    uid: rows.getFloat64(at + 4, true),
    gid: rows.getFloat64(at + 12, true),
    mtimeSec: rows.getFloat64(at + 20, true),
    first: rows.getFloat64(at + 28, true),
    second: rows.getFloat64(at + 36, true),
    text: takeText(reading, rows.getUint32(at + 48, true)),
    isGrouped: (flags & FLAG_LINK_GROUP) !== 0,
    xattrs: (flags & FLAG_XATTRS) === 0 ? undefined : takeXattrs(reading),
  };
}

function takeText(reading: Reading, units: number): string {
  if (units === 0) return "";
  const start = reading.textAt;
  reading.textAt += units;
  if (reading.textAt > reading.text.length) throw new RangeError("the text is cut off");
  return reading.text.slice(start, reading.textAt);
}

function takeXattrs(reading: Reading): Xattrs {
  const count = takeU32(reading);
  const xattrs = new Map<string, Uint8Array>();
  for (let index = 0; index < count; index++) {
    const name = takeBytes(reading).toString("utf16le");
    xattrs.set(name, new Uint8Array(takeBytes(reading)));
  }
  return xattrs;
}

function takeU32(reading: Reading): number {
  const value = reading.xattrs.readUInt32LE(reading.xattrAt);
  reading.xattrAt += 4;
  return value;
}

function takeBytes(reading: Reading): Buffer {
  const length = takeU32(reading);
  const start = reading.xattrAt;
  reading.xattrAt += length;
  if (reading.xattrAt > reading.xattrs.length) throw new RangeError("the xattrs are cut off");
  return reading.xattrs.subarray(start, reading.xattrAt);
}
