import {
  type Digest,
  type LayerRow,
  type LayerRows,
  type LayerTree,
  parseDiffId,
  parseDigest,
  type TreeEntry,
} from "@oci-build/oci";
import { decodeRows } from "./decode-rows.js";
import { treeLayout } from "./tree-layout.js";

const { digestBytes, header } = treeLayout;
const DIGEST_HEX = digestBytes * 2;

/** The tree that `encodeTree` wrote. Bytes with a wrong inner length give a RangeError, never a wrong tree.
 * @throws RangeError, OciBuildError OCI_DIGEST_INVALID */
export function decodeTree(bytes: Buffer): LayerTree {
  const rows = decodeRows(bytes);
  return { diffId: treeDiffId(bytes), entries: entriesOfRows(rows) };
}

/** The diffId that an encoded tree is of. */
export function treeDiffId(bytes: Buffer): LayerTree["diffId"] {
  return parseDiffId(`sha256:${bytes.toString("hex", header.diffId, header.diffId + digestBytes)}`);
}

/** The entries that rows are of. */
export function entriesOfRows(rows: LayerRows): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  const digests = Buffer.from(rows.digests).toString("hex");
  let digestAt = 0;
  const takeDigest = (): Digest => {
    const start = digestAt;
    digestAt += DIGEST_HEX;
    return parseDigest(`sha256:${digests.slice(start, digestAt)}`);
  };
  for (const row of rows) entries.push(entryOfRow(row, takeDigest));
  return entries;
}

function entryOfRow(row: LayerRow, takeDigest: () => Digest): TreeEntry {
  const { type, path, mode, uid, gid, mtimeSec, first, second, text } = row;
  if (type === "whiteout" || type === "opaque") return { type, path };
  const meta = {
    path,
    mode,
    uid,
    gid,
    mtimeSec,
    ...(row.xattrs === undefined ? {} : { xattrs: row.xattrs }),
  };
  switch (type) {
    case "file": {
      const file = { type, ...meta, size: first, digest: takeDigest(), dataOffset: second };
      return row.isGrouped ? { ...file, linkGroup: text } : file;
    }
    case "symlink":
    case "hardlink":
      return { type, ...meta, target: text };
    case "character-device":
    case "block-device":
      return { type, ...meta, deviceMajor: first, deviceMinor: second };
    case "directory":
    case "fifo":
      return { type, ...meta };
  }
}
