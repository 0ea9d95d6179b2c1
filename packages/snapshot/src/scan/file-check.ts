import { snapshotError } from "../errors.js";
import type { ContextStats } from "./context-file-system.js";
import { kindOfStats } from "./entry-kind.js";
import type { EntryTable } from "./entry-table.js";

/** Which of a file's attributes are no longer as they were scanned. A new inode is another file in its place. */
export function changedAttributes(table: EntryTable, row: number, stats: ContextStats): readonly string[] {
  const { columns, devs } = table;
  const changed: string[] = [];
  if (kindOfStats(stats) !== "file") changed.push("type");
  if (stats.ino !== columns.ino[row] || stats.dev !== devs[columns.dev[row] ?? 0]) changed.push("inode");
  if (Number(stats.size) !== columns.size[row]) changed.push("size");
  if (BigInt.asIntN(64, stats.mtimeNs) !== columns.mtimeNs[row]) changed.push("mtime");
  if (BigInt.asIntN(64, stats.ctimeNs) !== columns.ctimeNs[row]) changed.push("ctime");
  return changed;
}

/** The error for a file that is not what the scan saw. */
export function fileChanged(path: string, changed: readonly string[]): Error {
  return snapshotError("SNAPSHOT_FILE_CHANGED", {
    message: `file ${JSON.stringify(path)} changed while it was in use: ${changed.join(", ")} differ from the scan`,
    data: { path, changed },
    hint: "Build again when nothing writes to the context, or leave the file out with .dockerignore.",
  });
}

/** The error for a file that cannot be opened or read. */
export function fileUnreadable(path: string, code: string | undefined, cause: unknown): Error {
  return snapshotError("SNAPSHOT_FILE_UNREADABLE", {
    message: `cannot read file ${JSON.stringify(path)}: ${code ?? "unknown error"}`,
    data: { path, systemCode: code },
    hint: "Make the file readable, or leave it out with .dockerignore.",
    cause,
  });
}

/** The error for reading what is no file of the tree. */
export function notAFile(path: string, found: string): Error {
  return snapshotError("SNAPSHOT_NOT_A_FILE", {
    message: `cannot read ${JSON.stringify(path)}: expected a file, found ${found}`,
    data: { path, found },
  });
}
