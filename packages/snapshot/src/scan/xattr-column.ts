import type { RowFacts } from "./index/index-use.js";
import { rowFlags } from "./index/row-flags.js";
import type { Walk } from "./walk.js";
import { loadXattrReader, type XattrReader } from "./xattr-reader.js";

/** An entry whose extended attributes are to be known. */
export interface AttributedEntry {
  readonly row: number;
  readonly path: string;
  readonly native: string | Buffer;
  readonly facts: RowFacts | undefined;
}

/** How attributes are read: the reader is loaded when the first entry needs it, since an index may tell them all.
 * The entries that wait for it are few: the walk stops until `supplyReader` was called. */
export interface Attributes {
  reader: XattrReader | "not loaded" | "none";
  readonly waiting: AttributedEntry[];
}

/** Windows has no such attributes. */
export function attributes(): Attributes {
  return { reader: process.platform === "win32" ? "none" : "not loaded", waiting: [] };
}

/** Puts an entry's attributes into the table, from the index if it knows them. */
export function readAttributes(walk: Walk, entry: AttributedEntry): void {
  const { table, attributes: state } = walk;
  const earlier = walk.options.index?.earlier;
  const known = entry.facts?.known;
  if (earlier !== undefined && known !== undefined && ((earlier.flags[known] ?? 0) & rowFlags.xattrs) !== 0) {
    const xattrs = earlier.xattrs.get(known);
    if (xattrs !== undefined) table.setXattrs(entry.row, xattrs);
    table.addFlag(entry.row, rowFlags.xattrs);
  } else if (state.reader === "not loaded") state.waiting.push(entry);
  else if (state.reader !== "none") readWith(walk, state.reader, entry);
}

/** Loads the reader and reads for those that wait for it. */
export async function supplyReader(walk: Walk): Promise<void> {
  const { attributes: state, options } = walk;
  const reader = await loadXattrReader();
  state.reader = reader ?? "none";
  if (reader === undefined) {
    const message = "extended attributes were not read: the package @napi-rs/xattr cannot be loaded";
    options.warnings.push({ kind: "xattrs-unavailable", message });
  }
  for (const entry of state.waiting.splice(0)) readAttributes(walk, entry);
}

function readWith(walk: Walk, read: XattrReader, { row, path, native }: AttributedEntry): void {
  try {
    if (typeof native === "string") {
      const xattrs = read(native);
      walk.work.xattrsRead++;
      if (xattrs !== undefined) walk.table.setXattrs(row, xattrs);
      walk.table.addFlag(row, rowFlags.xattrs);
      return;
    }
  } catch {
    // The addon tells no code; whatever keeps the attributes from being read, the entry itself is good.
  }
  const message = `extended attributes of ${JSON.stringify(path)} could not be read`;
  walk.options.warnings.push({ kind: "xattrs-unreadable", path, message });
}
