import { digestHex, type LayerTree, type TreeEntry, type Xattrs } from "@oci-build/oci";
import { ENTRY_TYPES, treeLayout } from "./tree-layout.js";

const { row, encoding: encodings, flag, headerBytes, rowBytes } = treeLayout;

/** The bytes of a tree, as `tree-layout.ts` draws them. */
export function encodeTree(tree: LayerTree): Buffer {
  const texts: string[] = [];
  const digests: string[] = [];
  const xattrs: Buffer[] = [];
  const rows = Buffer.alloc(tree.entries.length * rowBytes);
  const view = new DataView(rows.buffer, rows.byteOffset, rows.length);
  tree.entries.forEach((entry, index) => {
    const second = secondText(entry);
    texts.push(entry.path, second ?? "");
    writeRow(view, index * rowBytes, entry);
    if (entry.type === "file") digests.push(digestHex(entry.digest));
    const attributes = xattrsOf(entry);
    if (attributes !== undefined) xattrs.push(...encodeXattrs(attributes));
  });
  const text = encodeText(texts.join(""));
  const header = encodeHeader(tree, { digests: digests.length, ...text });
  return Buffer.concat([header, rows, Buffer.from(digests.join(""), "hex"), text.bytes, ...xattrs]);
}

function writeRow(view: DataView, at: number, entry: TreeEntry): void {
  view.setUint8(at + row.type, ENTRY_TYPES.indexOf(entry.type));
  view.setUint8(at + row.flags, flagsOf(entry));
  view.setUint32(at + row.pathUnits, entry.path.length, true);
  view.setUint32(at + row.textUnits, secondText(entry)?.length ?? 0, true);
  if (entry.type === "whiteout" || entry.type === "opaque") return;
  view.setUint16(at + row.mode, entry.mode, true);
  view.setFloat64(at + row.uid, entry.uid, true);
  view.setFloat64(at + row.gid, entry.gid, true);
  view.setFloat64(at + row.mtimeSec, entry.mtimeSec, true);
  const [first, second] = numbersOf(entry);
  view.setFloat64(at + row.first, first, true);
  view.setFloat64(at + row.second, second, true);
}

function numbersOf(entry: TreeEntry): readonly [number, number] {
  if (entry.type === "file") return [entry.size, entry.dataOffset];
  if (entry.type === "character-device" || entry.type === "block-device") {
    return [entry.deviceMajor, entry.deviceMinor];
  }
  return [0, 0];
}

function flagsOf(entry: TreeEntry): number {
  const group = entry.type === "file" && entry.linkGroup !== undefined ? flag.linkGroup : 0;
  return group | (xattrsOf(entry) === undefined ? 0 : flag.xattrs);
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
  const { header } = treeLayout;
  const bytes = Buffer.alloc(headerBytes);
  bytes.write(digestHex(tree.diffId), header.diffId, "hex");
  bytes.writeUInt32LE(tree.entries.length, header.rows);
  bytes.writeUInt32LE(counts.digests, header.digests);
  bytes.writeUInt32LE(counts.units, header.textUnits);
  bytes.writeUInt32LE(counts.encoding, header.encoding);
  return bytes;
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
    ? { bytes: latin1, units: text.length, encoding: encodings.latin1 }
    : { bytes: Buffer.from(text, "utf16le"), units: text.length, encoding: encodings.utf16 };
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
