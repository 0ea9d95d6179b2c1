import type { TarEntry } from "./entry-header.js";

/** What members are, by the type flags of their headers: files are also NUL, from before POSIX, and contiguous ones,
 * which no system has any more. */
export const memberTypes: readonly (readonly [flag: string, type: TarEntry["type"]])[] = [
  ["\0", "file"],
  ["0", "file"],
  ["7", "file"],
  ["1", "hardlink"],
  ["2", "symlink"],
  ["3", "character-device"],
  ["4", "block-device"],
  ["5", "directory"],
  ["6", "fifo"],
];
