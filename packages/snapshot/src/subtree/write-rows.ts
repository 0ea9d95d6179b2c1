import { encodePath } from "@oci-build/oci";
import { typeBytes, writeXattrs } from "../content/entry-frames.js";
import type { FrameWriter } from "../content/frame-writer.js";
import { entryKinds } from "../scan/entry-kind.js";
import type { TreeTable } from "../scan/tree-table.js";
import type { Placement } from "./placement.js";
import type { RowFiles } from "./subtree.js";

/** Rows `first` to `end` of a table, which lie below row `first - 1`. */
export interface RowRange {
  readonly files: RowFiles;
  readonly first: number;
  readonly end: number;
}

const DIGEST_BYTES = 32;

const kindBytes = entryKinds.map((type) => typeBytes[type]);
const directoryKind = entryKinds.indexOf("directory");
const fileKind = entryKinds.indexOf("file");
const symlinkKind = entryKinds.indexOf("symlink");

/** A directory on the way to the present row, with what the paths of its entries begin with. */
interface OpenDirectory {
  readonly row: number;
  readonly prefix: Uint8Array;
}

/** Writes the frames that `contentDigest` writes for entries, straight from the columns. */
export function writeRows(frames: FrameWriter, range: RowRange, placement: Placement): void {
  const { table } = range.files;
  const { parent, kind } = table.columns;
  const open: OpenDirectory[] = [];
  let directory: OpenDirectory = { row: range.first - 1, prefix: prefixOf(placement.path) };
  for (let row = range.first; row < range.end; row++) {
    while (directory.row !== parent[row]) directory = open.pop() ?? notBelow(row);
    const name = table.names[row] ?? "";
    frames.byte(kindBytes[kind[row] ?? 0] ?? 0);
    frames.textBehind(directory.prefix, name);
    writeMeta(frames, table, row, placement);
    if (kind[row] === fileKind) writeFile(frames, range.files, row);
    else if (kind[row] === symlinkKind) frames.text(table.targets.get(row) ?? "");
    if (kind[row] !== directoryKind) continue;
    open.push(directory);
    directory = { row, prefix: Buffer.concat([directory.prefix, encodePath(`${name}/`)]) };
  }
}

function prefixOf(path: string): Uint8Array {
  return path === "" ? new Uint8Array(0) : encodePath(`${path}/`);
}

function writeMeta(frames: FrameWriter, table: TreeTable, row: number, { owner, modeOf }: Placement): void {
  const { kind, mode, uid, gid } = table.columns;
  const own = mode[row] ?? 0;
  const type = kind[row] === directoryKind ? "directory" : "file";
  frames.number(modeOf === undefined || kind[row] === symlinkKind ? own : modeOf(own, type));
  frames.number(owner?.uid ?? uid[row] ?? 0);
  frames.number(owner?.gid ?? gid[row] ?? 0);
  writeXattrs(frames, table.xattrs.get(row));
}

function writeFile(frames: FrameWriter, files: RowFiles, row: number): void {
  const { bytes } = files.digests;
  if (bytes === undefined || !files.digests.has(row))
    throw new TypeError(`the file of row ${row} was not hashed`);
  frames.number(files.table.columns.size[row] ?? 0);
  frames.slice(bytes, row * DIGEST_BYTES, DIGEST_BYTES);
}

function notBelow(row: number): never {
  throw new TypeError(`row ${row} does not lie below the subtree's directory`);
}
