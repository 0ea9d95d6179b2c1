import { type LayerTree, parseDiffId, parseDigest, type TreeEntry, type Xattrs } from "@oci-build/oci";
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

const DIGEST_HEX = DIGEST_BYTES * 2;

/** The parts of a tree's file, and how far each was read. */
interface TreeReading {
  readonly rows: DataView;
  readonly digests: string;
  readonly text: string;
  readonly xattrs: Buffer;
  digestAt: number;
  textAt: number;
  xattrAt: number;
}

/** The tree that `encodeTree` wrote. Bytes with a wrong inner length give a RangeError, never a wrong tree.
 * @throws RangeError, OciBuildError OCI_DIGEST_INVALID */
export function decodeTree(bytes: Buffer): LayerTree {
  if (bytes.length < HEADER_BYTES) throw new RangeError("the header is cut off");
  const count = bytes.readUInt32LE(DIGEST_BYTES);
  const reading = openParts(bytes, count);
  const entries: TreeEntry[] = new Array(count);
  for (let index = 0; index < count; index++) entries[index] = readRow(reading, index * ROW_BYTES);
  checkEnd(reading);
  return { diffId: treeDiffId(bytes), entries };
}

/** The diffId that an encoded tree is of. */
export function treeDiffId(bytes: Buffer): LayerTree["diffId"] {
  return parseDiffId(`sha256:${bytes.toString("hex", 0, DIGEST_BYTES)}`);
}

function openParts(bytes: Buffer, count: number): TreeReading {
  const encoding = bytes.readUInt32LE(44);
  if (encoding !== TEXT_LATIN1 && encoding !== TEXT_UTF16) throw new RangeError(`text encoding ${encoding}`);
  const digestStart = HEADER_BYTES + count * ROW_BYTES;
  const textStart = digestStart + bytes.readUInt32LE(36) * DIGEST_BYTES;
  const textEnd = textStart + bytes.readUInt32LE(40) * encoding;
  if (textEnd > bytes.length) throw new RangeError("the tables are cut off");
  return {
    rows: new DataView(bytes.buffer, bytes.byteOffset + HEADER_BYTES, count * ROW_BYTES),
    digests: bytes.toString("hex", digestStart, textStart),
    text: bytes.toString(encoding === TEXT_LATIN1 ? "latin1" : "utf16le", textStart, textEnd),
    xattrs: bytes.subarray(textEnd),
    digestAt: 0,
    textAt: 0,
    xattrAt: 0,
  };
}

function checkEnd(reading: TreeReading): void {
  const isRead =
    reading.digestAt === reading.digests.length &&
    reading.textAt === reading.text.length &&
    reading.xattrAt === reading.xattrs.length;
  if (!isRead) throw new RangeError("the tables are longer than the rows say");
}

function readRow(reading: TreeReading, at: number): TreeEntry {
  const { rows } = reading;
  const type = ENTRY_TYPES[rows.getUint8(at)];
  const flags = rows.getUint8(at + 1);
  const path = takeText(reading, rows.getUint32(at + 44, true));
  const second = takeText(reading, rows.getUint32(at + 48, true));
  if (type === "whiteout" || type === "opaque") return { type, path };
  const meta = {
    path,
    mode: rows.getUint16(at + 2, true),
    uid: rows.getFloat64(at + 4, true),
    gid: rows.getFloat64(at + 12, true),
    mtimeSec: rows.getFloat64(at + 20, true),
  };
  const entry = typedEntry(reading, { type, meta, at, second });
  const grouped =
    entry.type === "file" && (flags & FLAG_LINK_GROUP) !== 0 ? { ...entry, linkGroup: second } : entry;
  return (flags & FLAG_XATTRS) === 0 ? grouped : { ...grouped, xattrs: takeXattrs(reading) };
}

type EntryWithMeta = Exclude<TreeEntry, { readonly type: "whiteout" | "opaque" }>;

interface Row {
  readonly type: EntryWithMeta["type"] | undefined;
  readonly meta: Omit<EntryWithMeta, "type">;
  readonly at: number;
  readonly second: string;
}

function typedEntry(reading: TreeReading, { type, meta, at, second }: Row): EntryWithMeta {
  const first = reading.rows.getFloat64(at + 28, true);
  const other = reading.rows.getFloat64(at + 36, true);
  switch (type) {
    case "file":
      return { type, ...meta, size: first, digest: takeDigest(reading), dataOffset: other };
    case "symlink":
    case "hardlink":
      return { type, ...meta, target: second };
    case "character-device":
    case "block-device":
      return { type, ...meta, deviceMajor: first, deviceMinor: other };
    case "directory":
    case "fifo":
      return { type, ...meta };
    case undefined:
      throw new RangeError("an entry of an unknown type");
  }
}

function takeText(reading: TreeReading, units: number): string {
  const start = reading.textAt;
  reading.textAt += units;
  if (reading.textAt > reading.text.length) throw new RangeError("the text is cut off");
  return reading.text.slice(start, reading.textAt);
}

function takeDigest(reading: TreeReading): ReturnType<typeof parseDigest> {
  const start = reading.digestAt;
  reading.digestAt += DIGEST_HEX;
  return parseDigest(`sha256:${reading.digests.slice(start, reading.digestAt)}`);
}

function takeXattrs(reading: TreeReading): Xattrs {
  const count = takeU32(reading);
  const xattrs = new Map<string, Uint8Array>();
  for (let index = 0; index < count; index++) {
    const name = takeBytes(reading).toString("utf16le");
    xattrs.set(name, new Uint8Array(takeBytes(reading)));
  }
  return xattrs;
}

function takeU32(reading: TreeReading): number {
  const value = reading.xattrs.readUInt32LE(reading.xattrAt);
  reading.xattrAt += 4;
  return value;
}

function takeBytes(reading: TreeReading): Buffer {
  const length = takeU32(reading);
  const start = reading.xattrAt;
  reading.xattrAt += length;
  if (reading.xattrAt > reading.xattrs.length) throw new RangeError("the xattrs are cut off");
  return reading.xattrs.subarray(start, reading.xattrAt);
}
