import type { Entry } from "@oci-build/oci";
import type { ContextStats } from "./context-file-system.js";

/** The types of entries, in the order of their numbers in an entry table. */
export const entryKinds: readonly Entry["type"][] = [
  "directory",
  "file",
  "symlink",
  "fifo",
  "character-device",
  "block-device",
];

const typeBits = 0o170000;

/** The file types of POSIX, by the type bits of a mode. They are the same on every system Node runs on. */
const kindsByBits: ReadonlyMap<number, Entry["type"] | "socket"> = new Map([
  [0o040000, "directory"],
  [0o100000, "file"],
  [0o120000, "symlink"],
  [0o010000, "fifo"],
  [0o020000, "character-device"],
  [0o060000, "block-device"],
  [0o140000, "socket"],
]);

/** What a stat is of; undefined for types unknown to POSIX (doors, whiteouts of BSD). */
export function kindOfStats(stats: ContextStats): Entry["type"] | "socket" | undefined {
  return kindsByBits.get(Number(stats.mode) & typeBits);
}
