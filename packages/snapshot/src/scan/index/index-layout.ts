/** How an index lies in its bytes. Numbers have the byte order of the machine, which the first field tells; columns
 * begin at multiples of 8 bytes from the start, so that they are read as they lie, and 73,000 rows load in a few
 * milliseconds. Row 0 is the root; the rows are in the order of `compareTreePaths`.
 *
 * ```text
 * offset  length  header: u32 each
 *      0       4  0x01020304
 *      4       4  layout version
 *      8       4  rows
 *     12       4  devices
 *     16       4  length of the names in UTF-16 units
 *     20       4  encoding of the names: 1 = Latin-1, 2 = UTF-16
 *     24       4  bytes of the extras
 *     28       4  0
 *     32          the columns, one value a row unless said otherwise:
 *                 size f64, mtimeNs i64, ctimeNs i64, ino u64, devices u64 (one a device), digests 32 bytes,
 *                 parent u32, end of the name in the names u32, mode u16, place among the devices u16, kind u8,
 *                 flags u8; then the names, then the extras
 *
 * extras  JSON: { "targets": [[row, text]…], "xattrs": [[row, [[name, base64]…]]…] }
 * ``` */
export const BYTE_ORDER_MARK = 0x01020304;
export const LAYOUT_VERSION = 1;
export const HEADER_BYTES = 32;
export const DIGEST_BYTES = 32;

/** An index over this size is neither written nor read: some 5,000,000 rows. */
export const INDEX_MAX_BYTES: number = 512 * 1024 * 1024;

export const COLUMN_ALIGNMENT = 8;

/** The counts that decide where everything lies. */
export interface IndexCounts {
  readonly rows: number;
  readonly devices: number;
  /** Bytes, not units. */
  readonly nameBytes: number;
  readonly extraBytes: number;
}

/** Places: each a byte offset from the start. */
export interface IndexPlaces {
  readonly size: number;
  readonly mtimeNs: number;
  readonly ctimeNs: number;
  readonly ino: number;
  readonly devs: number;
  readonly digests: number;
  readonly parent: number;
  readonly nameEnd: number;
  readonly mode: number;
  readonly dev: number;
  readonly kind: number;
  readonly flags: number;
  readonly names: number;
  readonly extras: number;
  readonly end: number;
}

/** Where the parts of an index lie. */
export function indexPlaces(counts: IndexCounts): IndexPlaces {
  let at = HEADER_BYTES;
  const take = (bytes: number): number => {
    const start = at;
    at = Math.ceil((at + bytes) / COLUMN_ALIGNMENT) * COLUMN_ALIGNMENT;
    return start;
  };
  const { rows } = counts;
  return {
    size: take(rows * 8),
    mtimeNs: take(rows * 8),
    ctimeNs: take(rows * 8),
    ino: take(rows * 8),
    devs: take(counts.devices * 8),
    digests: take(rows * DIGEST_BYTES),
    parent: take(rows * 4),
    nameEnd: take(rows * 4),
    mode: take(rows * 2),
    dev: take(rows * 2),
    kind: take(rows),
    flags: take(rows),
    names: take(counts.nameBytes),
    extras: take(counts.extraBytes),
    end: at,
  };
}
