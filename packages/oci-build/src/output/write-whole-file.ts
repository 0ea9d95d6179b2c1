import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { asideName, removeStaleAsides } from "./aside-file.js";
import { type Destination, resolveDestination } from "./destination.js";
import { outputError } from "./output-error.js";

/** Writes a file so that it is whole or untouched: aside, in the same folder, then renamed; of two writers at once the
 * last wins. What is no regular file, such as a FIFO, is written into as it is.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE, and what `write` throws */
export async function writeWholeFile<T>(file: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const destination = resolveDestination(file);
  try {
    if (destination.kind === "write-into") return await writeInto(destination.path, write);
    await removeStaleAsides(destination.path, Date.now());
    return await writeAndRename(destination, write);
  } catch (error) {
    throw outputError(error, file);
  }
}

async function writeInto<T>(file: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, "w");
  try {
    return await write(handle);
  } finally {
    await handle.close();
  }
}

async function writeAndRename<T>(
  { path: file, mode }: Extract<Destination, { kind: "replace" }>,
  write: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const aside = asideName(file);
  const handle = await open(aside, "wx", mode);
  try {
    if (mode !== undefined) await handle.chmod(mode);
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
