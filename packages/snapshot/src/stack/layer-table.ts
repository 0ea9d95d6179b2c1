import type { DiffId, LayerRow, LayerRows, OpaqueDirectory, Whiteout } from "@oci-build/oci";
import { DigestColumn } from "../scan/digest-column.js";
import { entryKinds } from "../scan/entry-kind.js";
import { type RowLookup, rowLookup } from "../scan/row-lookup.js";
import type { TreeTable } from "../scan/tree-table.js";
import { OpenDirectories } from "./open-directories.js";
import { type RowMeta, TreeTableBuilder } from "./tree-table-builder.js";

/** A layer by columns: what it adds, as a tree of its own, and what it deletes. */
export interface LayerTable {
  readonly diffId: DiffId;
  readonly table: TreeTable;
  readonly lookup: RowLookup;
  readonly digests: DigestColumn;
  /** Where the bytes of each row's file begin in the layer's tar. */
  readonly dataOffsets: Float64Array;
  /** Directories that the layer does not describe, but has something in. */
  readonly implied: ReadonlySet<number>;
  readonly marks: readonly (Whiteout | OpaqueDirectory)[];
}

interface HardLink {
  readonly row: number;
  readonly target: string;
}

/** What is collected on the way through the rows. */
interface Reading {
  readonly builder: TreeTableBuilder;
  readonly open: OpenDirectories;
  readonly marks: (Whiteout | OpaqueDirectory)[];
  readonly hardLinks: HardLink[];
  /** The row of each file, and where its bytes begin. */
  readonly files: number[];
  readonly offsets: number[];
}

/** What unpacking gives a directory that no layer describes. */
const impliedMeta: RowMeta = { mode: 0o755, uid: 0, gid: 0, mtimeSec: 0, xattrs: undefined };

const MODE_MAX = 0xffff;
const DIGEST_BYTES = 32;

const fileKind = entryKinds.indexOf("file");

/** The table of a layer as writers of layers make them: sorted, each path once, hard links behind their files. Undefined
 * for any other, which may still be a good layer. */
export function layerTable(diffId: DiffId, rows: LayerRows): LayerTable | undefined {
  const builder = new TreeTableBuilder(rows.count, impliedMeta);
  const open = new OpenDirectories(builder, impliedMeta);
  const reading: Reading = { builder, open, marks: [], hardLinks: [], files: [], offsets: [] };
  for (const row of rows) if (readRow(reading, row) === "other") return undefined;
  if (rows.digests.length !== reading.files.length * DIGEST_BYTES) return undefined;
  const lookup = rowLookup(builder.table());
  const digests = new DigestColumn(builder.names.length);
  const dataOffsets = new Float64Array(builder.names.length);
  reading.files.forEach((row, index) => {
    dataOffsets[row] = reading.offsets[index] ?? 0;
  });
  takeDigests(digests, rows.digests, reading.files);
  const table = builder.table();
  for (const link of reading.hardLinks) {
    const first = firstName(table, lookup.find(link.target), link.row);
    if (first === undefined || digests.bytes === undefined) return undefined;
    builder.link(link.row, first);
    digests.copy(link.row, digests.bytes, first);
  }
  return { diffId, table, lookup, digests, dataOffsets, implied: open.implied, marks: reading.marks };
}

/** Files of one directory mostly stand together: most digests are taken with those beside them. */
function takeDigests(digests: DigestColumn, from: Uint8Array, files: readonly number[]): void {
  for (let start = 0, end = 0; start < files.length; start = end) {
    const row = files[start] ?? 0;
    while (files[end] === row + end - start) end++;
    digests.copyRun(row, from, { fromRow: start, count: end - start });
  }
}

function readRow(reading: Reading, row: LayerRow): "read" | "other" {
  if (row.type === "whiteout" || row.type === "opaque") {
    reading.marks.push({ type: row.type, path: row.path });
    return "read";
  }
  if (!fitsColumns(row) || row.isGrouped) return "other";
  if (row.path === "") return readRoot(reading, row);
  const name = reading.open.enter(row.path);
  if (name === undefined) return "other";
  addRow(reading, row, name);
  return "read";
}

function addRow({ builder, open, files, offsets, hardLinks }: Reading, row: LayerRow, name: string): void {
  if (row.type === "file") {
    files.push(builder.file(open.row, name, row));
    offsets.push(row.second);
  } else if (row.type === "directory") open.push(builder.directory(open.row, name, row), row.path);
  else if (row.type === "hardlink") {
    hardLinks.push({ row: builder.file(open.row, name, row), target: row.text });
  } else builder.other(open.row, name, row);
}

/** The root comes before everything else, if it is there at all. */
function readRoot({ builder, open }: Reading, row: LayerRow): "read" | "other" {
  if (row.type !== "directory" || builder.names.length > 1 || !open.implied.delete(0)) return "other";
  builder.setMeta(0, row);
  return "read";
}

function fitsColumns({ type, mode, uid, gid, first, second }: LayerRow): boolean {
  if (mode > MODE_MAX || !isId(uid) || !isId(gid)) return false;
  return !isDevice(type) || (isId(first) && isId(second));
}

function isDevice(type: LayerRow["type"]): boolean {
  return type === "character-device" || type === "block-device";
}

/** Whether a number fits 32 bits without a sign. */
function isId(value: number): boolean {
  return value >>> 0 === value;
}

/** The first name of the file that a hard link names, if that is a file of the same layer before it. */
function firstName(table: TreeTable, target: number | undefined, link: number): number | undefined {
  if (target === undefined || target >= link || table.columns.kind[target] !== fileKind) return undefined;
  return table.linkGroups.get(target) ?? target;
}
