import type { LayerRow, LayerRows, Xattrs } from "@oci-build/oci";
import { ENTRY_TYPES, treeLayout } from "./tree-layout.js";

const { header, row, encoding: encodings, flag, headerBytes, rowBytes, digestBytes } = treeLayout;

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
      for (let index = 0; index < parts.count; index++) yield readRow(reading, index * rowBytes);
      checkEnd(reading);
    },
  };
}

function openParts(bytes: Buffer): TreeParts {
  if (bytes.length < headerBytes) throw new RangeError("the header is cut off");
  const count = bytes.readUInt32LE(header.rows);
  const encoding = bytes.readUInt32LE(header.encoding);
  if (encoding !== encodings.latin1 && encoding !== encodings.utf16)
    throw new RangeError(`text encoding ${encoding}`);
  const digestStart = headerBytes + count * rowBytes;
  const textStart = digestStart + bytes.readUInt32LE(header.digests) * digestBytes;
  const textEnd = textStart + bytes.readUInt32LE(header.textUnits) * encoding;
  if (textEnd > bytes.length) throw new RangeError("the tables are cut off");
  return {
    count,
    rows: new DataView(bytes.buffer, bytes.byteOffset + headerBytes, count * rowBytes),
    digests: bytes.subarray(digestStart, textStart),
    text: bytes.toString(encoding === encodings.latin1 ? "latin1" : "utf16le", textStart, textEnd),
    xattrs: bytes.subarray(textEnd),
  };
}

function checkEnd({ files, digests, textAt, text, xattrAt, xattrs }: Reading): void {
  const isRead =
    files * digestBytes === digests.length && textAt === text.length && xattrAt === xattrs.length;
  if (!isRead) throw new RangeError("the tables are longer or shorter than the rows say");
}

function readRow(reading: Reading, at: number): LayerRow {
  const { rows } = reading;
  const type = ENTRY_TYPES[rows.getUint8(at + row.type)];
  if (type === undefined) throw new RangeError("an entry of an unknown type");
  const flags = rows.getUint8(at + row.flags);
  if (type === "file") reading.files++;
  return {
    type,
    path: takeText(reading, rows.getUint32(at + row.pathUnits, true)),
    mode: rows.getUint16(at + row.mode, true),
    uid: rows.getFloat64(at + row.uid, true),
    gid: rows.getFloat64(at + row.gid, true),
    mtimeSec: rows.getFloat64(at + row.mtimeSec, true),
    first: rows.getFloat64(at + row.first, true),
    second: rows.getFloat64(at + row.second, true),
    text: takeText(reading, rows.getUint32(at + row.textUnits, true)),
    isGrouped: (flags & flag.linkGroup) !== 0,
    xattrs: (flags & flag.xattrs) === 0 ? undefined : takeXattrs(reading),
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
