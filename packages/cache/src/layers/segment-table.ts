import { type Digest, digestAt, digestHex, type LayerSegment, parseDigest } from "@oci-build/oci";

type Compression = LayerSegment["compression"];

/** The place of a compression is its number in the file; append only. */
const COMPRESSIONS: readonly Compression[] = ["none", "gzip", "zstd"];

/** How a table lies in its file, behind the seal. Integers are little-endian, `f64` are doubles.
 *
 * ```text
 * offset  length  header
 *      0      32  digest of the blob
 *     32       8  bytes of the blob: f64
 *     40       4  rows: u32
 *     44       2  compression: u16, index in COMPRESSIONS
 *     46       2  length of the form: u16
 *     48          rows, then the form, in Latin-1: what follows the hyphen in every row's key
 *
 * offset  length  row
 *      0      32  SHA-256 of the raw bytes
 *     32      32  SHA-256 of the compressed bytes
 *     64       8  offset in the blob: f64
 *     72       8  offset in the tar: f64
 *     80       4  compressed bytes: u32
 *     84       4  raw bytes: u32
 *     88       4  CRC-32 of the raw bytes: u32
 *     92      32  SHA-256 of a large file up to the end of this part of it; zeros where that is not known
 * ``` */
const HEADER_BYTES = 48;
const ROW_BYTES = 124;
const HASH_BYTES = 32;
const PREFIX_AT = 92;
const noHash: Buffer = Buffer.alloc(HASH_BYTES);

/** What a table is of. */
export interface TableBlob {
  readonly digest: Digest;
  /** Bytes as stored. */
  readonly size: number;
}

/** A blob's segments, decoded one by one. */
export interface SegmentTable extends TableBlob {
  readonly count: number;
  key(row: number): string;
  /** What `SegmentSource.findPrefix` names the row by; undefined for most. */
  prefixName(row: number): string | undefined;
  segment(row: number): LayerSegment;
}

/** The bytes of a blob's segment table. All segments have the same codec. */
export function encodeSegments({ digest, size }: TableBlob, segments: readonly LayerSegment[]): Buffer {
  const [first] = segments;
  const form = first === undefined ? "" : splitKey(first.key).form;
  const bytes = Buffer.alloc(HEADER_BYTES + segments.length * ROW_BYTES + form.length);
  bytes.write(digestHex(digest), 0, "hex");
  bytes.writeDoubleLE(size, 32);
  bytes.writeUInt32LE(segments.length, 40);
  bytes.writeUInt16LE(COMPRESSIONS.indexOf(first?.compression ?? "none"), 44);
  bytes.writeUInt16LE(form.length, 46);
  segments.forEach((segment, row) => {
    if (splitKey(segment.key).form !== form || segment.compression !== first?.compression) throw mixedForms();
    writeRow(bytes, HEADER_BYTES + row * ROW_BYTES, segment);
  });
  bytes.write(form, bytes.length - form.length, "latin1");
  return bytes;
}

/** The table that `encodeSegments` wrote. Bytes with a wrong inner length give a RangeError.
 * @throws RangeError */
export function openSegments(bytes: Buffer): SegmentTable {
  if (bytes.length < HEADER_BYTES) throw new RangeError("the header is cut off");
  const count = bytes.readUInt32LE(40);
  const compression = COMPRESSIONS[bytes.readUInt16LE(44)];
  if (compression === undefined) throw new RangeError("a compression that is unknown");
  const formAt = HEADER_BYTES + count * ROW_BYTES;
  if (bytes.length !== formAt + bytes.readUInt16LE(46)) throw new RangeError("its rows are cut off");
  const form = bytes.toString("latin1", formAt);
  const key = (row: number): string => `${hexAt(bytes, HEADER_BYTES + row * ROW_BYTES)}-${form}`;
  return {
    digest: parseDigest(`sha256:${hexAt(bytes, 0)}`),
    size: bytes.readDoubleLE(32),
    count,
    key,
    prefixName: (row) => {
      const at = HEADER_BYTES + row * ROW_BYTES;
      return hasPrefix(bytes, at) ? `${hexAt(bytes, at + PREFIX_AT)}-${form}` : undefined;
    },
    segment: (row) => ({ key: key(row), compression, ...readRow(bytes, HEADER_BYTES + row * ROW_BYTES) }),
  };
}

/** All segments of a table. */
export function listSegments(table: SegmentTable): readonly LayerSegment[] {
  return Array.from({ length: table.count }, (_, row) => table.segment(row));
}

function writeRow(bytes: Buffer, at: number, segment: LayerSegment): void {
  bytes.write(splitKey(segment.key).rawHex, at, "hex");
  bytes.write(digestHex(segment.digest), at + HASH_BYTES, "hex");
  bytes.writeDoubleLE(segment.offset, at + 64);
  bytes.writeDoubleLE(segment.rawOffset, at + 72);
  bytes.writeUInt32LE(segment.size, at + 80);
  bytes.writeUInt32LE(segment.rawSize, at + 84);
  bytes.writeUInt32LE(segment.rawCrc32, at + 88);
  if (segment.filePrefix !== undefined) bytes.write(digestHex(segment.filePrefix), at + PREFIX_AT, "hex");
}

function readRow(bytes: Buffer, at: number): Omit<LayerSegment, "key" | "compression"> {
  return {
    digest: parseDigest(`sha256:${hexAt(bytes, at + HASH_BYTES)}`),
    offset: bytes.readDoubleLE(at + 64),
    rawOffset: bytes.readDoubleLE(at + 72),
    size: bytes.readUInt32LE(at + 80),
    rawSize: bytes.readUInt32LE(at + 84),
    rawCrc32: bytes.readUInt32LE(at + 88),
    filePrefix: hasPrefix(bytes, at) ? digestAt(bytes, at + PREFIX_AT) : undefined,
  };
}

function hasPrefix(bytes: Buffer, at: number): boolean {
  return !bytes.subarray(at + PREFIX_AT, at + PREFIX_AT + HASH_BYTES).equals(noHash);
}

function hexAt(bytes: Buffer, at: number): string {
  return bytes.toString("hex", at, at + HASH_BYTES);
}

function splitKey(key: string): { readonly rawHex: string; readonly form: string } {
  const [, rawHex, form] = /^([0-9a-f]{64})-(.*)$/.exec(key) ?? [];
  if (rawHex === undefined || form === undefined) throw new TypeError(`${key} is no segment's key`);
  return { rawHex, form };
}

function mixedForms(): TypeError {
  return new TypeError("segments of one blob have different forms");
}
