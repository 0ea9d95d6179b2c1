import { snapshotError } from "../errors.js";
import type { ContextFileSystem, ContextStats } from "./context-file-system.js";
import { readNames, readTarget } from "./read-names.js";
import { systemCode } from "./system-code.js";

/** Undefined for a name that is gone since its directory was read. */
export function statOf(
  fs: ContextFileSystem,
  native: string | Buffer,
  path: string,
): ContextStats | undefined {
  try {
    return fs.lstatSync(native, { bigint: true });
  } catch (error) {
    if (isGone(error)) return undefined;
    throw unreadable("SNAPSHOT_ENTRY_UNREADABLE", path, error);
  }
}

/** Undefined for a directory that is gone, and for one that is excluded and only looked into for `!` patterns. */
export function namesOf(
  fs: ContextFileSystem,
  native: string | Buffer,
  path: string,
  need: "needed" | "optional",
): readonly string[] | undefined {
  try {
    return readNames(fs, native);
  } catch (error) {
    if (isGone(error)) return undefined;
    if (need === "optional" && isForbidden(error)) return undefined;
    throw unreadable("SNAPSHOT_DIRECTORY_UNREADABLE", path, error);
  }
}

/** Undefined for a link that is gone, or is no link any more (EINVAL). */
export function linkTarget(fs: ContextFileSystem, native: string | Buffer, path: string): string | undefined {
  try {
    return readTarget(fs, native);
  } catch (error) {
    if (isGone(error) || systemCode(error) === "EINVAL") return undefined;
    throw unreadable("SNAPSHOT_ENTRY_UNREADABLE", path, error);
  }
}

function isGone(error: unknown): boolean {
  return systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR";
}

function isForbidden(error: unknown): boolean {
  return systemCode(error) === "EACCES" || systemCode(error) === "EPERM";
}

/** The error for a directory or entry that cannot be looked at. */
export function unreadable(
  code: "SNAPSHOT_DIRECTORY_UNREADABLE" | "SNAPSHOT_ENTRY_UNREADABLE",
  path: string,
  cause: unknown,
): Error {
  const reason = systemCode(cause);
  const what = code === "SNAPSHOT_DIRECTORY_UNREADABLE" ? "directory" : "entry";
  return snapshotError(code, {
    message: `cannot read ${what} ${JSON.stringify(path === "" ? "." : path)}: ${reason ?? "unknown error"}`,
    data: { path, systemCode: reason },
    hint: "Give the user that builds access to it, or leave it out with .dockerignore.",
    cause,
  });
}
