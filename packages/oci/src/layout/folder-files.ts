import { constants } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { reading } from "./file-errors.js";
import type { ByteRange, LayoutFiles } from "./layout-files.js";
import { missingBlob } from "./missing-blob.js";
import { readRange } from "./read-range.js";

/** The files of a folder. Links are followed as far as they stay inside. */
export async function folderFiles(directory: string): Promise<LayoutFiles> {
  const root = await reading(directory, realpath(directory));
  return {
    duplicates: [],
    async size(name) {
      const at = await resolveInside(root, name);
      return at === undefined ? undefined : (await stat(at)).size;
    },
    read: (name, range) => readFile(root, name, range),
    close: () => Promise.resolve(),
  };
}

async function* readFile(
  root: string,
  name: string,
  range: ByteRange = { offset: 0 },
): AsyncGenerator<Uint8Array> {
  const at = await resolveInside(root, name);
  if (at === undefined) throw missingBlob(name);
  const handle: FileHandle = await open(at, constants.O_RDONLY);
  try {
    yield* readRange(handle, range);
  } finally {
    await handle.close();
  }
}

/** Only regular files are ever opened: opening a FIFO would wait for ever. */
async function resolveInside(root: string, name: string): Promise<string | undefined> {
  const parts = name.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || /[\\:\0]/.test(part)))
    return undefined;
  try {
    const at = await realpath(path.join(root, ...parts));
    const inside = at.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
    return inside && (await stat(at)).isFile() ? at : undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"].includes(code)) return undefined;
    throw error;
  }
}
