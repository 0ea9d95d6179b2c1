/** What every tree has of its entries in numbers, one value for each row. */
export interface TreeColumns {
  readonly parent: Uint32Array;
  readonly kind: Uint8Array;
  readonly mode: Uint16Array;
  readonly uid: Uint32Array;
  readonly gid: Uint32Array;
  readonly size: Float64Array;
  readonly mtimeSec: Float64Array;
}

const fields = ["parent", "kind", "mode", "uid", "gid", "size", "mtimeSec"] as const;

/** Columns of so many rows, all of them 0. */
export function allocateTreeColumns(length: number): TreeColumns {
  return {
    parent: new Uint32Array(length),
    kind: new Uint8Array(length),
    mode: new Uint16Array(length),
    uid: new Uint32Array(length),
    gid: new Uint32Array(length),
    size: new Float64Array(length),
    mtimeSec: new Float64Array(length),
  };
}

/** Copies the first rows of columns, as many as the others have room for. */
export function copyTreeColumns(from: TreeColumns, to: TreeColumns): void {
  for (const field of fields) to[field].set(from[field].subarray(0, to[field].length));
}
