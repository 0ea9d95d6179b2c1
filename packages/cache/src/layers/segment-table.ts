import { type Digest, type LayerSegment, parseDigest } from "@oci-build/oci";
import { asArray, asInteger, asString, JsonShapeError, parseJsonObject } from "../store/json-reader.js";

/** The bytes of a blob's segment table: columns by row, since the names would be most of it. */
export function encodeSegments(blob: Digest, segments: readonly LayerSegment[]): Buffer {
  const rows = segments.map((segment) => [
    segment.key,
    segment.rawOffset,
    segment.rawSize,
    segment.rawCrc32,
    segment.offset,
    segment.size,
    segment.digest,
  ]);
  return Buffer.from(JSON.stringify({ blob, rows }));
}

/** The table that `encodeSegments` wrote for this blob.
 * @throws JsonShapeError, OciBuildError OCI_DIGEST_INVALID */
export function decodeSegments(blob: Digest, bytes: Buffer): readonly LayerSegment[] {
  const table = parseJsonObject(bytes.toString("utf8"));
  if (table["blob"] !== blob) throw new JsonShapeError("the table of another blob");
  return asArray(table["rows"]).map(segmentOf);
}

function segmentOf(row: unknown): LayerSegment {
  const [key, rawOffset, rawSize, rawCrc32, offset, size, digest] = asArray(row);
  return {
    key: asString(key),
    rawOffset: asInteger(rawOffset, 0),
    rawSize: asInteger(rawSize, 0),
    rawCrc32: asInteger(rawCrc32, 0),
    offset: asInteger(offset, 0),
    size: asInteger(size, 0),
    digest: parseDigest(asString(digest)),
  };
}
