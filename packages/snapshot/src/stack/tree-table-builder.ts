import type { LayerRow, Xattrs } from "@oci-build/oci";
import { entryKinds } from "../scan/entry-kind.js";
import { deviceNumber } from "../scan/table-entry.js";
import { allocateTreeColumns, copyTreeColumns, type TreeColumns } from "../scan/tree-columns.js";
import type { TreeTable } from "../scan/tree-table.js";

/** What the columns take of a layer's row. */
export type RowMeta = Pick<LayerRow, "mode" | "uid" | "gid" | "mtimeSec" | "xattrs">;

/** What the columns take of a file's row; `first` is its size. */
export type FileRow = RowMeta & Pick<LayerRow, "first">;

/** What the columns take of a row of another type: see `LayerRow`. */
export type OtherRow = RowMeta & Pick<LayerRow, "type" | "first" | "second" | "text">;

const directoryKind = entryKinds.indexOf("directory");
const fileKind = entryKinds.indexOf("file");

/** Collects rows into columns that double when they are full. Row 0, the root, is there from the beginning. */
export class TreeTableBuilder {
  readonly names: string[] = [""];
  readonly #linkGroups = new Map<number, number>();
  readonly #targets = new Map<number, string>();
  readonly #rdevs = new Map<number, bigint>();
  readonly #xattrs = new Map<number, Xattrs>();
  #columns: TreeColumns;

  constructor(capacity: number, root: RowMeta) {
    this.#columns = allocateTreeColumns(capacity + 1);
    this.setMeta(0, root);
  }

  /** Appends a directory. */
  directory(parent: number, name: string, meta: RowMeta): number {
    return this.#append(parent, name, directoryKind, meta);
  }

  /** Appends a file; its size is 0 where it is not known yet. */
  file(parent: number, name: string, entry: FileRow): number {
    const row = this.#append(parent, name, fileKind, entry);
    this.#columns.size[row] = entry.first;
    return row;
  }

  /** Appends what is neither directory nor file. */
  other(parent: number, name: string, entry: OtherRow): number {
    const row = this.#append(parent, name, kindOf(entry), entry);
    if (entry.type === "symlink") this.#targets.set(row, entry.text);
    else if (entry.type !== "fifo") this.#rdevs.set(row, deviceNumber(entry.first, entry.second));
    return row;
  }

  setMeta(row: number, { mode, uid, gid, mtimeSec, xattrs }: RowMeta): void {
    const columns = this.#columns;
    columns.mode[row] = mode;
    columns.uid[row] = uid;
    columns.gid[row] = gid;
    columns.mtimeSec[row] = mtimeSec;
    if (xattrs !== undefined) this.#xattrs.set(row, xattrs);
    else if (this.#xattrs.size > 0) this.#xattrs.delete(row);
  }

  /** Makes a row another name of the file of an earlier one. */
  link(row: number, first: number): void {
    const columns = this.#columns;
    for (const field of ["mode", "uid", "gid", "size", "mtimeSec"] as const) {
      columns[field][row] = columns[field][first] ?? 0;
    }
    const xattrs = this.#xattrs.get(first);
    if (xattrs === undefined) this.#xattrs.delete(row);
    else this.#xattrs.set(row, xattrs);
    this.#linkGroups.set(first, first);
    this.#linkGroups.set(row, first);
  }

  /** The table of all rows so far; it shares the columns, so rows may still be linked. */
  table(): TreeTable {
    return {
      count: this.names.length,
      names: this.names,
      columns: this.#columns,
      targets: this.#targets,
      rdevs: this.#rdevs,
      xattrs: this.#xattrs,
      linkGroups: this.#linkGroups,
    };
  }

  #append(parent: number, name: string, kind: number, meta: RowMeta): number {
    const row = this.names.length;
    if (row >= this.#columns.kind.length) this.#columns = grown(this.#columns);
    this.names.push(name);
    this.#columns.parent[row] = parent;
    this.#columns.kind[row] = kind;
    this.setMeta(row, meta);
    return row;
  }
}

function kindOf({ type }: OtherRow): number {
  const kinds: readonly string[] = entryKinds;
  return kinds.indexOf(type);
}

function grown(old: TreeColumns): TreeColumns {
  const columns = allocateTreeColumns(old.kind.length * 2);
  copyTreeColumns(old, columns);
  return columns;
}
