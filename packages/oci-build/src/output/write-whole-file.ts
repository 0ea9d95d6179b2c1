import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { buildError } from "../errors.js";

/** Writes a file so that it is whole or untouched: aside, in the same folder, then renamed. The folder must exist: one made here would be part of
 * the next build's context.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE, and what `write` throws */
export async function writeWholeFile<T>(file: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const aside = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(aside, "wx");
    return await writeAndRename({ handle, aside, file }, write);
  } catch (error) {
    throw outputError(error, file);
  }
}

async function writeAndRename<T>(
  { handle, aside, file }: { handle: FileHandle; aside: string; file: string },
  write: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  try {
    const written = await write(handle);
    await handle.close();
    await rename(aside, file);
    return written;
  } catch (error) {
    await handle.close();
    await rm(aside, { force: true });
    throw error;
  }
}

/** A system's complaint about an output, as one of ours; any other error as it is. */
export function outputError(error: unknown, file: string): unknown {
  const code = systemCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return buildError("OUTPUT_DISK_FULL", {
      message: `no space left to write ${file}`,
      data: { path: file },
      hint: "Free some space, or name another place with --output.",
      cause: error,
    });
  }
  if (code === undefined) return error;
  return buildError("OUTPUT_NOT_WRITABLE", {
    message: `cannot write ${file}: ${code}`,
    data: { path: file },
    hint: "Check the folder and its permissions, or name another place with --output.",
    cause: error,
  });
}

/** The code of an error of the operating system, such as ENOSPC. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return String(error.code);
}
