import type { ChangeSet, LayerChange } from "../copy/change.js";
import { eachChange } from "../copy/graft-changes.js";

const BLOCK_BYTES = 512;
/** A PAX record's own header and its blocks, of which long names and attributes may take more than one. */
const PAX_HEADER_BYTES = 3 * BLOCK_BYTES;
/** Longer names may not fit a ustar header; in bytes, of which a code unit has three at most. */
const PLAIN_NAME_MAX = 100;
/** Larger ids do not fit it. */
const PLAIN_ID_MAX = 0o7777777;
const END_BYTES = 2 * BLOCK_BYTES;

/** How many bytes the tar of a change set has at most; 0 when nothing changes. */
export function compressBound(changes: ChangeSet): number {
  let bytes = 0;
  for (const { entry } of eachChange(changes)) bytes += memberBound(entry);
  return bytes === 0 ? 0 : bytes + END_BYTES;
}

function memberBound(entry: LayerChange["entry"]): number {
  const data = entry.type === "file" ? blocks(entry.size) : 0;
  return BLOCK_BYTES + data + paxBound(entry);
}

function paxBound(entry: LayerChange["entry"]): number {
  const target = "target" in entry ? entry.target : "";
  const names = Buffer.byteLength(entry.path) + Buffer.byteLength(target);
  const attributes = [...(entry.xattrs?.values() ?? [])].reduce(
    (sum, { length }) => sum + blocks(length * 2),
    0,
  );
  const isPlain =
    names <= PLAIN_NAME_MAX && Math.max(entry.uid, entry.gid) <= PLAIN_ID_MAX && attributes === 0;
  return isPlain ? 0 : PAX_HEADER_BYTES + blocks(names) + attributes;
}

function blocks(byteCount: number): number {
  return Math.ceil(byteCount / BLOCK_BYTES) * BLOCK_BYTES;
}
