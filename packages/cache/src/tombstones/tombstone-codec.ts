import { digestHex, parseDigest } from "@oci-build/oci";
import { PRUNE_REASONS, type Tombstone } from "./tombstone.js";

/** ```text
 * offset  length  row
 *      0      32  key
 *     32       6  collectedSec: unsigned, little-endian
 *     38       1  reason: index in PRUNE_REASONS
 *     39       1  zero
 * ``` */
export const TOMBSTONE_BYTES = 40;

/** The rows of tombstones in their order. */
export function encodeTombstones(tombstones: readonly Tombstone[]): Buffer {
  const bytes = Buffer.alloc(tombstones.length * TOMBSTONE_BYTES);
  for (const [index, { key, collectedSec, reason }] of tombstones.entries()) {
    const at = index * TOMBSTONE_BYTES;
    bytes.write(digestHex(key), at, "hex");
    bytes.writeUIntLE(Math.max(collectedSec, 0), at + 32, 6);
    bytes.writeUInt8(PRUNE_REASONS.indexOf(reason), at + 38);
  }
  return bytes;
}

/** The tombstones that `encodeTombstones` wrote.
 * @throws RangeError for bytes that are no rows of it */
export function decodeTombstones(bytes: Buffer): readonly Tombstone[] {
  if (bytes.length % TOMBSTONE_BYTES !== 0) throw new RangeError(`the last row is cut off`);
  return Array.from({ length: bytes.length / TOMBSTONE_BYTES }, (_, index) => {
    const at = index * TOMBSTONE_BYTES;
    const reason = PRUNE_REASONS[bytes.readUInt8(at + 38)];
    if (reason === undefined) throw new RangeError("a reason that is not known");
    const key = parseDigest(`sha256:${bytes.toString("hex", at, at + 32)}`);
    return { key, collectedSec: bytes.readUIntLE(at + 32, 6), reason };
  });
}
