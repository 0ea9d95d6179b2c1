import type { Entry, Xattrs } from "@oci-build/oci";
import { snapshotError } from "../errors.js";
import { entryKinds } from "./entry-kind.js";
import type { EntryTable } from "./entry-table.js";
import type { RowFlag } from "./index/row-flags.js";
import { allocateScanColumns, resizeScanColumns, type ScanColumns } from "./scan-columns.js";

/** What a scan knows of one name. Times are nanoseconds since 1970. */
export interface EntryRow {
  readonly parent: number;
  readonly name: string;
  readonly type: Entry["type"];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly rdev: bigint;
  readonly target?: string | undefined;
}

/** Most entries of one tree: what fits a row number of 32 bits is far more than what fits in memory. */
const SCAN_MAX_ENTRIES = 50_000_000;

const nanosecondsASecond = 1_000_000_000n;

/** Collects rows into columns that double when they are full. */
export class EntryTableBuilder {
  readonly #names: string[] = [];
  readonly #devs: bigint[] = [];
  readonly #targets = new Map<number, string>();
  readonly #rdevs = new Map<number, bigint>();
  readonly #xattrs = new Map<number, Xattrs>();
  readonly #firstByInode = new Map<bigint, number>();
  readonly #linkGroups = new Map<number, number>();
  #columns: ScanColumns = allocateScanColumns(1024);
  #lastDev = -1;

  get count(): number {
    return this.#names.length;
  }

  /** Appends a row and gives its number. Parents come before their entries. */
  add(row: EntryRow): number {
    const index = this.#names.length;
    if (index >= SCAN_MAX_ENTRIES) throw tooLarge(row.name);
    if (index >= this.#columns.kind.length) this.#columns = resizeScanColumns(this.#columns, index * 2);
    this.#names.push(row.name);
    writeColumns(this.#columns, index, row);
    this.#columns.dev[index] = this.#devIndex(row.dev);
    if (row.target !== undefined) this.#targets.set(index, row.target);
    if (row.type.endsWith("device")) this.#rdevs.set(index, row.rdev);
    return index;
  }

  setXattrs(index: number, xattrs: Xattrs): void {
    this.#xattrs.set(index, xattrs);
  }

  /** Notes the row of an earlier scan that has the same path and stat. */
  setEarlier(index: number, earlierRow: number): void {
    this.#columns.earlier[index] = earlierRow + 1;
  }

  addFlag(index: number, flag: RowFlag): void {
    this.#columns.flags[index] = (this.#columns.flags[index] ?? 0) | flag;
  }

  /** Notes that the file of a row has more than one name, of which some may lie in this tree. */
  link(index: number, dev: bigint, ino: bigint): void {
    const key = (dev << 64n) | ino;
    const first = this.#firstByInode.get(key);
    if (first === undefined) {
      this.#firstByInode.set(key, index);
      return;
    }
    this.#linkGroups.set(first, first);
    this.#linkGroups.set(index, first);
  }

  /** The table of all rows; the builder is done with. */
  finish(): EntryTable {
    return {
      count: this.#names.length,
      names: this.#names,
      columns: resizeScanColumns(this.#columns, this.#names.length),
      devs: this.#devs,
      targets: this.#targets,
      rdevs: this.#rdevs,
      xattrs: this.#xattrs,
      linkGroups: this.#linkGroups,
    };
  }

  #devIndex(dev: bigint): number {
    if (this.#devs[this.#lastDev] === dev) return this.#lastDev;
    const known = this.#devs.indexOf(dev);
    this.#lastDev = known < 0 ? this.#devs.push(dev) - 1 : known;
    return this.#lastDev;
  }
}

function writeColumns(columns: ScanColumns, index: number, row: EntryRow): void {
  columns.parent[index] = row.parent;
  columns.kind[index] = entryKinds.indexOf(row.type);
  columns.mode[index] = row.mode;
  columns.uid[index] = row.uid;
  columns.gid[index] = row.gid;
  columns.size[index] = row.size;
  columns.mtimeSec[index] = wholeSeconds(row.mtimeNs);
  columns.mtimeNs[index] = row.mtimeNs;
  columns.ctimeNs[index] = row.ctimeNs;
  columns.ino[index] = row.ino;
}

/** Rounded down, also before 1970. */
function wholeSeconds(nanoseconds: bigint): number {
  const truncated = nanoseconds / nanosecondsASecond;
  return Number(
    nanoseconds < 0n && truncated * nanosecondsASecond !== nanoseconds ? truncated - 1n : truncated,
  );
}

function tooLarge(name: string): Error {
  return snapshotError("SNAPSHOT_TOO_LARGE", {
    message: `the tree has more than ${SCAN_MAX_ENTRIES} entries, at ${JSON.stringify(name)}`,
    data: { path: name, limit: SCAN_MAX_ENTRIES },
    hint: "Leave directories out with .dockerignore.",
  });
}
