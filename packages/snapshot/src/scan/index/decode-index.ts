import type { EarlierScan } from "./earlier-scan.js";
import {
  BYTE_ORDER_MARK,
  COLUMN_ALIGNMENT,
  DIGEST_BYTES,
  HEADER_BYTES,
  type IndexPlaces,
  indexPlaces,
  LAYOUT_VERSION,
} from "./index-layout.js";

interface Header {
  readonly rows: number;
  readonly devices: number;
  readonly nameUnits: number;
  readonly encoding: number;
  readonly extraBytes: number;
}

/** Reads an index. Undefined when the bytes are of another layout, of a machine with another byte order, or not an
 * index at all. The result keeps the bytes: its columns are views of them. */
export function decodeIndex(bytes: Uint8Array): EarlierScan | undefined {
  const aligned = bytes.byteOffset % COLUMN_ALIGNMENT === 0 ? bytes : new Uint8Array(bytes);
  const header = readHeader(aligned);
  if (header === undefined) return undefined;
  const places = indexPlaces({ ...header, nameBytes: header.nameUnits * header.encoding });
  if (places.end !== aligned.length) return undefined;
  const columns = readColumns(aligned, header, places);
  const end = subtreeEnds(columns.parent);
  const texts = readTexts(aligned, header, places);
  const isWhole = (columns.nameEnd[header.rows - 1] ?? 0) === header.nameUnits;
  if (end === undefined || texts === undefined || !isWhole) return undefined;
  return { ...columns, ...texts, count: header.rows, end };
}

function readHeader(bytes: Uint8Array): Header | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const [mark, version, rows = 0, devices = 0, nameUnits = 0, encoding = 0, extraBytes = 0] = new Uint32Array(
    bytes.buffer,
    bytes.byteOffset,
    HEADER_BYTES / 4,
  );
  const isKnown = mark === BYTE_ORDER_MARK && version === LAYOUT_VERSION && rows > 0;
  return isKnown && (encoding === 1 || encoding === 2)
    ? { rows, devices, nameUnits, encoding, extraBytes }
    : undefined;
}

type ColumnViews = Omit<EarlierScan, "count" | "end" | "names" | "targets" | "xattrs"> & {
  readonly parent: Uint32Array;
};

function readColumns(bytes: Uint8Array, { rows, devices }: Header, places: IndexPlaces): ColumnViews {
  const { buffer, byteOffset } = bytes;
  return {
    size: new Float64Array(buffer, byteOffset + places.size, rows),
    mtimeNs: new BigInt64Array(buffer, byteOffset + places.mtimeNs, rows),
    ctimeNs: new BigInt64Array(buffer, byteOffset + places.ctimeNs, rows),
    ino: new BigUint64Array(buffer, byteOffset + places.ino, rows),
    devs: new BigUint64Array(buffer, byteOffset + places.devs, devices),
    digests: new Uint8Array(buffer, byteOffset + places.digests, rows * DIGEST_BYTES),
    parent: new Uint32Array(buffer, byteOffset + places.parent, rows),
    nameEnd: new Uint32Array(buffer, byteOffset + places.nameEnd, rows),
    mode: new Uint16Array(buffer, byteOffset + places.mode, rows),
    dev: new Uint16Array(buffer, byteOffset + places.dev, rows),
    kind: new Uint8Array(buffer, byteOffset + places.kind, rows),
    flags: new Uint8Array(buffer, byteOffset + places.flags, rows),
  };
}

/** The row behind each row's last descendant: counted from the back, since parents come first. Undefined when the
 * parents are no tree. */
function subtreeEnds(parent: Uint32Array): Uint32Array | undefined {
  const sizes = new Uint32Array(parent.length).fill(1);
  for (let row = parent.length - 1; row > 0; row--) {
    const above = parent[row] ?? 0;
    if (above >= row) return undefined;
    sizes[above] = (sizes[above] ?? 0) + (sizes[row] ?? 0);
  }
  for (let row = 0; row < sizes.length; row++) sizes[row] = (sizes[row] ?? 0) + row;
  return sizes;
}

function readTexts(
  bytes: Uint8Array,
  header: Header,
  places: IndexPlaces,
): Pick<EarlierScan, "names" | "targets" | "xattrs"> | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const encoding = header.encoding === 1 ? "latin1" : "utf16le";
  const names = buffer.toString(encoding, places.names, places.names + header.nameUnits * header.encoding);
  const extras = parseExtras(buffer.toString("utf8", places.extras, places.extras + header.extraBytes));
  if (extras === undefined) return undefined;
  const bytesOf = ([name, value]: readonly [string, string]): [string, Uint8Array] => [
    name,
    Buffer.from(value, "base64"),
  ];
  return {
    names,
    targets: new Map(extras.targets),
    xattrs: new Map(extras.xattrs.map(([row, pairs]) => [row, new Map(pairs.map(bytesOf))])),
  };
}

interface Extras {
  readonly targets: readonly (readonly [row: number, target: string])[];
  readonly xattrs: readonly (readonly [row: number, pairs: readonly (readonly [string, string])[]])[];
}

/** The seal of the store vouches for the shape: these are bytes that `encodeIndex` gave. */
function parseExtras(text: string): Extras | undefined {
  try {
    return JSON.parse(text) as Extras;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
