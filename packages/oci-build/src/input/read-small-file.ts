import { constants } from "node:fs";
import type { ContextFileSystem } from "@oci-build/snapshot";
import { buildError } from "../errors.js";

const CHUNK_BYTES = 64 * 1024;

/** What the system's codes mean for a file that is to be read. */
const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
};

/** A file's bytes, or undefined where there is none. Reads at most one byte more than the limit, so that the caller
 * sees by the length that it was passed. A folder counts as no file.
 * @throws OciBuildError BUILD_FILE_UNREADABLE */
export function readSmallFile(fs: ContextFileSystem, path: string, limitBytes: number): Buffer | undefined {
  const fd = openIfThere(fs, path);
  if (fd === undefined) return undefined;
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    while (size <= limitBytes) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, limitBytes + 1 - size));
      const count = fs.readSync(fd, chunk, 0, chunk.length, null);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      size += count;
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") return undefined;
    throw unreadable(error, path);
  } finally {
    fs.closeSync(fd);
  }
}

function openIfThere(fs: ContextFileSystem, path: string): number | undefined {
  try {
    return fs.openSync(path, constants.O_RDONLY);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Windows complains of folders when they are opened.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw unreadable(error, path);
  }
}

/** A system's complaint about a file that is there, as one of ours; any other error as it is. */
export function unreadable(error: unknown, path: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  return buildError("BUILD_FILE_UNREADABLE", {
    message: `cannot read ${path}: ${PROBLEMS[code] ?? code}`,
    data: { path, code },
    hint: "Check the file and its permissions.",
    cause: error,
  });
}
