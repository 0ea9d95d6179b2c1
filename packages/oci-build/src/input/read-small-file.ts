import { constants } from "node:fs";
import type { ContextFileSystem } from "@oci-build/snapshot";
import { buildError } from "../errors.js";

const CHUNK_BYTES = 64 * 1024;

/** What the system's codes mean for a file that is to be read. EAGAIN is a terminal's, where nobody has typed. */
const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EAGAIN: "it is a terminal or a pipe",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
};

/** Not there on Windows, where it is undefined despite its type. */
const NON_BLOCKING = (constants.O_NONBLOCK as number | undefined) ?? 0;

/** A file's bytes, or undefined where there is none. Reads at most one byte more than the limit, so that the caller
 * sees by the length that it was passed. A folder counts as no file. The user has named the file: of a pipe this
 * waits for what comes.
 * @throws OciBuildError BUILD_FILE_UNREADABLE */
export function readSmallFile(fs: ContextFileSystem, path: string, limitBytes: number): Buffer | undefined {
  const fd = openIfThere(fs, path, constants.O_RDONLY);
  return fd === undefined ? undefined : readOpened(fs, { path, fd, limitBytes });
}

/** As `readSmallFile`, of a file that is read because it lies where one is looked for. So nobody has said that it may
 * be waited for: what would block the process, signals and all, such as a FIFO in a context of others, is an error.
 * @throws OciBuildError BUILD_FILE_UNREADABLE */
export function readFoundFile(fs: ContextFileSystem, path: string, limitBytes: number): Buffer | undefined {
  const fd = openIfThere(fs, path, constants.O_RDONLY | NON_BLOCKING);
  if (fd === undefined) return undefined;
  // Where nobody writes, a FIFO would look like an empty file.
  if (isFifo(fs, fd)) {
    fs.closeSync(fd);
    throw problem(path, "it is a named pipe", "ESPIPE");
  }
  return readOpened(fs, { path, fd, limitBytes });
}

function isFifo(fs: ContextFileSystem, fd: number): boolean {
  return (Number(fs.fstatSync(fd, { bigint: true }).mode) & constants.S_IFMT) === constants.S_IFIFO;
}

/** Reads to the end or the limit, and closes. */
function readOpened(
  fs: ContextFileSystem,
  { path, fd, limitBytes }: { readonly path: string; readonly fd: number; readonly limitBytes: number },
): Buffer | undefined {
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

function openIfThere(fs: ContextFileSystem, path: string, flags: number): number | undefined {
  try {
    return fs.openSync(path, flags);
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
  return problem(path, PROBLEMS[code] ?? code, code, error);
}

function problem(path: string, text: string, code: string, cause?: unknown): Error {
  return buildError("BUILD_FILE_UNREADABLE", {
    message: `cannot read ${path}: ${text}`,
    data: { path, code },
    hint: "Check the file and its permissions.",
    cause,
  });
}
