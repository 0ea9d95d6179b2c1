import type { Xattrs } from "@oci-build/oci";
import type { ContextStats } from "../context-file-system.js";

/** What an earlier scan of a context found, as its index tells it: columns over the index's own bytes.
 * `end` is the row behind the last one below a row, so the entries of a directory are walked without looking at what
 * lies below them. */
export interface EarlierScan {
  readonly count: number;
  readonly end: Uint32Array;
  readonly kind: Uint8Array;
  readonly mode: Uint16Array;
  readonly size: Float64Array;
  readonly mtimeNs: BigInt64Array;
  readonly ctimeNs: BigInt64Array;
  readonly ino: BigUint64Array;
  readonly dev: Uint16Array;
  readonly devs: BigUint64Array;
  readonly flags: Uint8Array;
  /** 32 bytes a row. */
  readonly digests: Uint8Array;
  /** All names on end; a row's ends where `nameEnd` says, and begins where that of the row before ends. */
  readonly names: string;
  readonly nameEnd: Uint32Array;
  /** Of links, by row. */
  readonly targets: ReadonlyMap<number, string>;
  readonly xattrs: ReadonlyMap<number, Xattrs>;
}

/** Walks through the entries of one directory of an earlier scan, beside a walk through the same directory now. */
export interface EarlierCursor {
  next: number;
  readonly end: number;
}

/** Stands before the first entry of a directory. */
export function cursorAt(earlier: EarlierScan, directory: number): EarlierCursor {
  return { next: directory + 1, end: earlier.end[directory] ?? 0 };
}

/** The row of a name, or undefined. Names must be asked for in their order. */
export function seekName(earlier: EarlierScan, cursor: EarlierCursor, name: string): number | undefined {
  while (cursor.next < cursor.end) {
    const row = cursor.next;
    const order = compareName(earlier, row, name);
    if (order > 0) return undefined;
    cursor.next = earlier.end[row] ?? cursor.end;
    if (order === 0) return row;
  }
  return undefined;
}

/** Equal names, which are nearly all, are found without making a string. */
function compareName(earlier: EarlierScan, row: number, name: string): number {
  const start = earlier.nameEnd[row - 1] ?? 0;
  const end = earlier.nameEnd[row] ?? 0;
  if (end - start === name.length && earlier.names.startsWith(name, start)) return 0;
  return earlier.names.slice(start, end) < name ? -1 : 1;
}

/** The names in a directory, in their order. */
export function earlierNames(earlier: EarlierScan, directory: number): readonly string[] {
  const names: string[] = [];
  const last = earlier.end[directory] ?? 0;
  for (let row = directory + 1; row < last; row = earlier.end[row] ?? last) {
    names.push(earlier.names.slice(earlier.nameEnd[row - 1] ?? 0, earlier.nameEnd[row]));
  }
  return names;
}

/** Whether a row has this stat: all that a change of the file, of its attributes or of its name's file would move. */
export function hasStat(
  earlier: EarlierScan,
  row: number,
  now: { readonly stats: ContextStats; readonly kind: number; readonly mode: number },
): boolean {
  const { stats, kind, mode } = now;
  return (
    earlier.ctimeNs[row] === BigInt.asIntN(64, stats.ctimeNs) &&
    earlier.mtimeNs[row] === BigInt.asIntN(64, stats.mtimeNs) &&
    earlier.ino[row] === stats.ino &&
    earlier.size[row] === Number(stats.size) &&
    earlier.mode[row] === mode &&
    earlier.kind[row] === kind &&
    earlier.devs[earlier.dev[row] ?? 0] === stats.dev
  );
}
