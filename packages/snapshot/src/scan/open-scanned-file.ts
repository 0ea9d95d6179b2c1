import { constants } from "node:fs";
import type { FileReader } from "@oci-build/oci";
import type { ContextFileSystem } from "./context-file-system.js";
import type { EntryTable } from "./entry-table.js";
import { changedAttributes, fileChanged, fileUnreadable } from "./file-check.js";
import { systemCode } from "./system-code.js";

/** A file of a scan: `native` is where it lies, `path` what it is called in the tree. */
export interface ScannedFile {
  readonly fs: ContextFileSystem;
  readonly table: EntryTable;
  readonly row: number;
  readonly path: string;
  readonly native: string | Buffer;
}

/** Not there on Windows, where they are undefined despite their type. O_NONBLOCK keeps a FIFO that took the file's
 * place from blocking the process. */
const optionalFlags = [constants.O_NOFOLLOW, constants.O_NONBLOCK] as readonly (number | undefined)[];
const openFlags = optionalFlags.reduce<number>((flags, flag) => flags | (flag ?? 0), constants.O_RDONLY);

/** Opens a file that a scan has seen. Links are not followed; the caller closes it.
 * @throws OciBuildError SNAPSHOT_FILE_CHANGED, SNAPSHOT_FILE_UNREADABLE */
export function openScanned(file: ScannedFile): number {
  try {
    return file.fs.openSync(file.native, openFlags);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") throw fileChanged(file.path, ["existence"]);
    if (code === "ELOOP" || code === "EISDIR" || code === "ENXIO") throw fileChanged(file.path, ["type"]);
    throw fileUnreadable(file.path, code, error);
  }
}

/** Fails unless the open file is what the scan saw.
 * @throws OciBuildError SNAPSHOT_FILE_CHANGED */
export function checkUnchanged(file: ScannedFile, fd: number): void {
  const changed = changedAttributes(file.table, file.row, file.fs.fstatSync(fd, { bigint: true }));
  if (changed.length > 0) throw fileChanged(file.path, changed);
}

/** Reads up to `length` bytes into the target: at least one, since the file is known to have more.
 * @throws OciBuildError SNAPSHOT_FILE_CHANGED, SNAPSHOT_FILE_UNREADABLE */
export function readScanned(file: ScannedFile, fd: number, target: Uint8Array, length: number): number {
  try {
    const count = file.fs.readSync(fd, target, 0, length, null);
    if (count > 0) return count;
  } catch (error) {
    checkUnchanged(file, fd);
    throw fileUnreadable(file.path, systemCode(error), error);
  }
  checkUnchanged(file, fd);
  throw fileChanged(file.path, ["size"]);
}

/** A reader of a file that a scan has seen. It checks the file before it gives the last bytes, so that bytes which no
 * longer fit the entry are never taken for whole; and before the first ones when they are not all that is read, or
 * there are none. A file that is read at once is so checked once: a look at it costs as much as reading it. */
export function openScannedFile(file: ScannedFile): FileReader {
  const fd = openScanned(file);
  const size = file.table.columns.size[file.row] ?? 0;
  const state = { remaining: size, isOpen: true };
  const close = (): void => {
    if (state.isOpen) file.fs.closeSync(fd);
    state.isOpen = false;
  };
  const read = (target: Uint8Array): number => {
    const length = Math.min(target.length, state.remaining);
    if (state.remaining === size && length < size) checkUnchanged(file, fd);
    if (length === 0) return 0;
    const count = readScanned(file, fd, target, length);
    state.remaining -= count;
    if (state.remaining === 0) checkUnchanged(file, fd);
    return count;
  };
  try {
    if (size === 0) checkUnchanged(file, fd);
  } catch (error) {
    close();
    throw error;
  }
  return { read, close };
}
