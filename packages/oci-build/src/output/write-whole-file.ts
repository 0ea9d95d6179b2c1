import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { asideName, removeStaleAsides } from "./aside-file.js";
import { type Destination, resolveDestination } from "./destination.js";
import type { Draft, DraftFile } from "./draft.js";
import { outputError } from "./output-error.js";

/** Writes all of a file; `isThere` tells of a draft which blobs stand in it, and is undefined for a new file. */
type WriteFile<T> = (handle: FileHandle, isThere?: DraftFile["holds"]) => Promise<T>;

/** Writes a file so that it is whole or untouched: aside, in the same folder, then renamed; of two writers at once the
 * last wins. What is no regular file, such as a FIFO, is written into as it is. A draft of this very file is taken instead of a new
 * one.
 * @throws OciBuildError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE, and what `write` throws */
export async function writeWholeFile<T>(file: string, write: WriteFile<T>, draft?: Draft): Promise<T> {
  const destination = resolveDestination(file);
  try {
    if (destination.kind === "write-into") return await writeInto(destination.path, write);
    await removeStaleAsides(destination.path, Date.now());
    return await writeAndRename(destination, write, draft);
  } catch (error) {
    throw outputError(error, file);
  }
}

async function writeInto<T>(file: string, write: WriteFile<T>): Promise<T> {
  const handle = await open(file, "w");
  try {
    return await write(handle);
  } finally {
    await handle.close();
  }
}

async function writeAndRename<T>(
  { path: file, mode }: Extract<Destination, { kind: "replace" }>,
  write: WriteFile<T>,
  draft: Draft | undefined,
): Promise<T> {
  const drafted = draft?.file === file ? await draft.take() : undefined;
  const { path: aside, handle } = drafted ?? (await openAside(file, mode));
  try {
    if (mode !== undefined) await handle.chmod(mode);
    const written = await write(handle, drafted?.holds);
    await handle.close();
    await rename(aside, file);
    return written;
  } catch (error) {
    await handle.close();
    await rm(aside, { force: true });
    throw error;
  }
}

async function openAside(
  file: string,
  mode: number | undefined,
): Promise<{ readonly path: string; readonly handle: FileHandle }> {
  const aside = asideName(file);
  return { path: aside, handle: await open(aside, "wx", mode) };
}
