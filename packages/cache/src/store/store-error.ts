import { systemErrorCode } from "@oci-build/oci";
import { cacheError } from "../errors.js";
import { foreignFile } from "./file-owner.js";

const fullCodes: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);
const refusedCodes: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);

/** What to throw when a system call on a file of the store failed; errors of another kind pass unchanged. */
export function storeError(cause: unknown, path: string): Error {
  const code = systemErrorCode(cause);
  if (code === undefined) return cause instanceof Error ? cause : new Error("not an error", { cause });
  const data = { path, problem: code };
  if (fullCodes.has(code)) {
    return cacheError("CACHE_DISK_FULL", {
      message: `no space left for the cache at ${path} (${code})`,
      data,
      hint: "Free some space, or choose another folder with --cache-dir.",
      cause,
    });
  }
  if (refusedCodes.has(code)) return notWritable(path, code, cause);
  return cacheError("CACHE_IO_FAILED", { message: `the cache file ${path} failed: ${code}`, data, cause });
}

const deniedCodes: ReadonlySet<string> = new Set(["EACCES", "EPERM"]);

/** The error for a store, or a part of it, that cannot be read or written. It names who owns what is in the way. */
export function notWritable(path: string, problem: string, cause?: unknown): Error {
  const foreign = deniedCodes.has(problem) ? foreignFile(path) : undefined;
  const owner = foreign === undefined ? "" : ` (it belongs to user ${foreign.uid})`;
  return cacheError("CACHE_NOT_WRITABLE", {
    message: `the cache at ${path} cannot be used: ${problem}${owner}`,
    data: { path, problem },
    hint:
      foreign?.removable === undefined
        ? "Make the folder writable for this user, or choose another with --cache-dir."
        : `Remove ${foreign.removable} as that user: what a cache loses is made again.`,
    cause,
  });
}
