import type { Xattrs } from "@oci-build/oci";
import type { EntryTable } from "../entry-table.js";
import {
  BYTE_ORDER_MARK,
  DIGEST_BYTES,
  HEADER_BYTES,
  type IndexPlaces,
  indexPlaces,
  LAYOUT_VERSION,
} from "./index-layout.js";

/** What an index says beside the table: both by row, the digests 32 bytes each and undefined when none is known. */
export interface RowKnowledge {
  readonly flags: Uint8Array;
  readonly digests: Uint8Array | undefined;
}

/** The bytes of an index. */
export function encodeIndex(table: EntryTable, { flags, digests }: RowKnowledge): Uint8Array {
  const names = encodeNames(table.names.join(""));
  const extras = Buffer.from(encodeExtras(table), "utf8");
  const counts = {
    rows: table.count,
    devices: table.devs.length,
    nameBytes: names.bytes.length,
    extraBytes: extras.length,
  };
  const places = indexPlaces(counts);
  const target = new Uint8Array(places.end);
  new Uint32Array(target.buffer, 0, HEADER_BYTES / 4).set([
    BYTE_ORDER_MARK,
    LAYOUT_VERSION,
    counts.rows,
    counts.devices,
    names.bytes.length / names.encoding,
    names.encoding,
    counts.extraBytes,
  ]);
  writeColumns(target, table, places);
  target.set(flags, places.flags);
  if (digests !== undefined) writeDigests(target.subarray(places.digests), table, digests);
  target.set(names.bytes, places.names);
  target.set(extras, places.extras);
  return target;
}

function writeColumns(target: Uint8Array, table: EntryTable, places: IndexPlaces): void {
  const { count, columns } = table;
  const put = (place: number, { buffer, byteOffset, byteLength }: NodeJS.TypedArray): void =>
    target.set(new Uint8Array(buffer, byteOffset, byteLength), place);
  put(places.size, columns.size);
  put(places.mtimeNs, columns.mtimeNs);
  put(places.ctimeNs, columns.ctimeNs);
  put(places.ino, columns.ino);
  put(places.parent, columns.parent);
  put(places.mode, columns.mode);
  put(places.dev, columns.dev);
  put(places.kind, columns.kind);
  put(places.devs, BigUint64Array.from(table.devs));
  const nameEnd = new Uint32Array(target.buffer, places.nameEnd, count);
  let end = 0;
  for (let row = 0; row < count; row++) {
    end += table.names[row]?.length ?? 0;
    nameEnd[row] = end;
  }
}

/** The table's names of one file have one digest, at the first; here each has it. */
function writeDigests(target: Uint8Array, { linkGroups }: EntryTable, digests: Uint8Array): void {
  target.set(digests);
  for (const [row, first] of linkGroups) {
    const start = first * DIGEST_BYTES;
    target.set(digests.subarray(start, start + DIGEST_BYTES), row * DIGEST_BYTES);
  }
}

/** Neither encoding loses a lone surrogate, which stands for a byte that is not UTF-8. */
function encodeNames(text: string): { readonly bytes: Buffer; readonly encoding: 1 | 2 } {
  const latin1 = Buffer.from(text, "latin1");
  if (latin1.toString("latin1") === text) return { bytes: latin1, encoding: 1 };
  return { bytes: Buffer.from(text, "utf16le"), encoding: 2 };
}

function encodeExtras({ targets, xattrs }: EntryTable): string {
  const pairsOf = (values: Xattrs): readonly (readonly [string, string])[] =>
    Array.from(values, ([name, value]) => [name, Buffer.from(value).toString("base64")] as const);
  return JSON.stringify({
    targets: [...targets],
    xattrs: Array.from(xattrs, ([row, values]) => [row, pairsOf(values)]),
  });
}
