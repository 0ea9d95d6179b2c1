import { digestHex } from "../digest.js";
import type { Xattrs } from "../entry.js";
import type { LayerTree, TreeEntry, TreeFile } from "./layer-tree.js";

/** One member of a layer, flat and of one shape for all types: what a type does not have is 0, empty or undefined. */
export interface LayerRow {
  readonly type: TreeEntry["type"];
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSec: number;
  /** A file's size, or a device's major number. */
  readonly first: number;
  /** A file's `dataOffset`, or a device's minor number. */
  readonly second: number;
  /** What a link leads to, or the file's link group where `isGrouped`. */
  readonly text: string;
  readonly isGrouped: boolean;
  readonly xattrs: Xattrs | undefined;
}

/** The members of a layer in its order, made while they are read, as often as somebody reads them. `digests` has those
 * of the rows of type "file", 32 bytes each, in the rows' order. */
export interface LayerRows extends Iterable<LayerRow> {
  readonly count: number;
  readonly digests: Uint8Array;
}

/** The rows of a tree. */
export function layerRows(tree: LayerTree): LayerRows {
  const { rows } = tree;
  if (rows !== undefined) return rows;
  const { entries } = tree;
  return {
    count: entries.length,
    digests: digestsOf(entries),
    *[Symbol.iterator]() {
      for (const entry of entries) yield rowOf(entry);
    },
  };
}

function digestsOf(entries: readonly TreeEntry[]): Uint8Array {
  const files = entries.filter((entry): entry is TreeFile => entry.type === "file");
  return Buffer.from(files.map(({ digest }) => digestHex(digest)).join(""), "hex");
}

const noMeta = { mode: 0, uid: 0, gid: 0, mtimeSec: 0, xattrs: undefined };

function rowOf(entry: TreeEntry): LayerRow {
  const { type, path } = entry;
  const { mode, uid, gid, mtimeSec, xattrs } = "mode" in entry ? entry : noMeta;
  const [first, second] = numbersOf(entry);
  const text = "target" in entry ? entry.target : type === "file" ? (entry.linkGroup ?? "") : "";
  const isGrouped = type === "file" && entry.linkGroup !== undefined;
  return { type, path, mode, uid, gid, mtimeSec, first, second, text, isGrouped, xattrs };
}

function numbersOf(entry: TreeEntry): readonly [first: number, second: number] {
  if (entry.type === "file") return [entry.size, entry.dataOffset];
  return "deviceMajor" in entry ? [entry.deviceMajor, entry.deviceMinor] : [0, 0];
}
