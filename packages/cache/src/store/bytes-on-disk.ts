import type { Stats } from "node:fs";

/** stat(2): "the number of blocks allocated to the file, in units of 512 bytes". */
const STAT_BLOCK_BYTES = 512;

/** What a file takes of the disk. Windows does not count blocks. */
export function bytesOnDisk({ blocks, size }: Stats): number {
  return process.platform === "win32" ? size : blocks * STAT_BLOCK_BYTES;
}
