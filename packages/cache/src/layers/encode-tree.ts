import { digestHex, type LayerTree, type TreeEntry, type Xattrs } from "@oci-build/oci";
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

/** The bytes of a tree, as `tree-layout.ts` draws them. */
export function encodeTree(tree: LayerTree): Buffer {
  const texts: string[] = [];
  const digests: string[] = [];
  const xattrs: Buffer[] = [];
  const rows = Buffer.alloc(tree.entries.length * ROW_BYTES);
  const view = new DataView(rows.buffer, rows.byteOffset, rows.length);
  tree.entries.forEach((entry, index) => {
    const second = secondText(entry);
    texts.push(entry.path, second ?? "");
    writeRow(view, index * ROW_BYTES, entry);
    if (entry.type === "file") digests.push(digestHex(entry.digest));
    const attributes = xattrsOf(entry);
    if (attributes !== undefined) xattrs.push(...encodeXattrs(attributes));
  });
  const text = encodeText(texts.join(""));
  const header = encodeHeader(tree, { digests: digests.length, ...text });
  return Buffer.concat([header, rows, Buffer.from(digests.join(""), "hex"), text.bytes, ...xattrs]);
}

function writeRow(view: DataView, at: number, entry: TreeEntry): void {
  view.setUint8(at, ENTRY_TYPES.indexOf(entry.type));
  view.setUint8(at + 1, flagsOf(entry));
  view.setUint32(at + 44, entry.path.length, true);
  view.setUint32(at + 48, secondText(entry)?.length ?? 0, true);
  if (entry.type === "whiteout" || entry.type === "opaque") return;
  view.setUint16(at + 2, entry.mode, true);
  view.setFloat64(at + 4, entry.uid, true);
  view.setFloat64(at + 12, entry.gid, true);
  view.setFloat64(at + 20, entry.mtimeSec, true);
  const [first, second] = numbersOf(entry);
  view.setFloat64(at + 28, first, true);
  view.setFloat64(at + 36, second, true);
}

function numbersOf(entry: TreeEntry): readonly [number, number] {
  if (entry.type === "file") return [entry.size, entry.dataOffset];
  if (entry.type === "character-device" || entry.type === "block-device") {
    return [entry.deviceMajor, entry.deviceMinor];
  }
  return [0, 0];
}

function flagsOf(entry: TreeEntry): number {
  const group = entry.type === "file" && entry.linkGroup !== undefined ? FLAG_LINK_GROUP : 0;
  return group | (xattrsOf(entry) === undefined ? 0 : FLAG_XATTRS);
}

function secondText(entry: TreeEntry): string | undefined {
  if (entry.type === "file") return entry.linkGroup;
  return entry.type === "symlink" || entry.type === "hardlink" ? entry.target : undefined;
}

function xattrsOf(entry: TreeEntry): Xattrs | undefined {
  return entry.type === "whiteout" || entry.type === "opaque" ? undefined : entry.xattrs;
}

function encodeHeader(
  tree: LayerTree,
  counts: { readonly digests: number; readonly units: number; readonly encoding: number },
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(digestHex(tree.diffId), 0, "hex");
  header.writeUInt32LE(tree.entries.length, DIGEST_BYTES);
  header.writeUInt32LE(counts.digests, 36);
  header.writeUInt32LE(counts.units, 40);
  header.writeUInt32LE(counts.encoding, 44);
  return header;
}

/** Neither encoding loses a lone surrogate, which stands for a byte that is not UTF-8. */
function encodeText(text: string): {
  readonly bytes: Buffer;
  readonly units: number;
  readonly encoding: number;
} {
  const latin1 = Buffer.from(text, "latin1");
  const isLatin1 = latin1.toString("latin1") === text;
  return isLatin1
    ? { bytes: latin1, units: text.length, encoding: TEXT_LATIN1 }
    : { bytes: Buffer.from(text, "utf16le"), units: text.length, encoding: TEXT_UTF16 };
}

function encodeXattrs(xattrs: Xattrs): readonly Buffer[] {
  const parts = [u32(xattrs.size)];
  for (const [name, value] of xattrs) {
    const nameBytes = Buffer.from(name, "utf16le");
    parts.push(u32(nameBytes.length), nameBytes, u32(value.length), Buffer.from(value));
  }
  return parts;
}

function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
