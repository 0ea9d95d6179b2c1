import { allocateTreeColumns, copyTreeColumns, type TreeColumns } from "./tree-columns.js";

/** The columns of a scan; some 65 bytes a row. */
export interface ScanColumns extends TreeColumns {
  /** Nanoseconds modulo 2^64: only compared, since times beyond the year 2262 do not fit. */
  readonly mtimeNs: BigInt64Array;
  readonly ctimeNs: BigInt64Array;
  readonly ino: BigUint64Array;
  /** An index into `devs`. */
  readonly dev: Uint16Array;
  /** What an index may say of the row: see `rowFlags`. */
  readonly flags: Uint8Array;
  /** One more than the row of an earlier scan's index that has the same path and stat; 0 for none. */
  readonly earlier: Uint32Array;
}

/** Columns of so many rows, all of them 0. */
export function allocateScanColumns(length: number): ScanColumns {
  return {
    ...allocateTreeColumns(length),
    mtimeNs: new BigInt64Array(length),
    ctimeNs: new BigInt64Array(length),
    ino: new BigUint64Array(length),
    dev: new Uint16Array(length),
    flags: new Uint8Array(length),
    earlier: new Uint32Array(length),
  };
}

/** A copy of columns that has more rows, or fewer. */
export function resizeScanColumns(old: ScanColumns, length: number): ScanColumns {
  const columns = allocateScanColumns(length);
  copyTreeColumns(old, columns);
  columns.mtimeNs.set(old.mtimeNs.subarray(0, length));
  columns.ctimeNs.set(old.ctimeNs.subarray(0, length));
  columns.ino.set(old.ino.subarray(0, length));
  columns.dev.set(old.dev.subarray(0, length));
  columns.flags.set(old.flags.subarray(0, length));
  columns.earlier.set(old.earlier.subarray(0, length));
  return columns;
}
