import type { TreeEntry } from "@oci-build/oci";

/** How a tree lies in its file, behind the seal. Integers are little-endian, `f64` are doubles, since tar's numbers
 * exceed 32 bits. Rows have a fixed size and texts one block, so that 69,000 entries load in tens of milliseconds.
 *
 * ```text
 * offset  length  header
 *      0      32  diffId
 *     32       4  rows: u32
 *     36       4  digests: u32, one per file
 *     40       4  length of the text in UTF-16 units: u32
 *     44       4  encoding of the text: u32, 1 = Latin-1, 2 = UTF-16LE
 *     48          rows, then digests of 32 bytes each, then the text, then the xattrs
 *
 * offset  length  row
 *      0       1  type: index in ENTRY_TYPES
 *      1       1  flags
 *      2       2  mode
 *      4       8  uid: f64
 *     12       8  gid: f64
 *     20       8  mtimeSec: f64
 *     28       8  size, or device major: f64
 *     36       8  dataOffset, or device minor: f64
 *     44       4  length of the path: u32
 *     48       4  length of the target or link group, which follows the path in the text: u32
 *
 * xattrs of each row that has the flag: u32 count, then name (UTF-16LE) and value, each behind its u32 byte length
 * ``` */
export const treeLayout = {
  headerBytes: 48,
  rowBytes: 52,
  digestBytes: 32,
  header: { diffId: 0, rows: 32, digests: 36, textUnits: 40, encoding: 44 },
  row: {
    type: 0,
    flags: 1,
    mode: 2,
    uid: 4,
    gid: 12,
    mtimeSec: 20,
    first: 28,
    second: 36,
    pathUnits: 44,
    textUnits: 48,
  },
  /** Bytes of a unit. */
  encoding: { latin1: 1, utf16: 2 },
  flag: { xattrs: 1, linkGroup: 2 },
} as const;

/** The place of a type is its number in the file; append only. */
export const ENTRY_TYPES: readonly TreeEntry["type"][] = [
  "file",
  "directory",
  "symlink",
  "hardlink",
  "fifo",
  "character-device",
  "block-device",
  "whiteout",
  "opaque",
];
