import { type FileHandle, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemErrorCode } from "@oci-build/oci";
import { newFile } from "./new-file.js";
import type { StoreContext } from "./store-context.js";
import { storeError } from "./store-error.js";
import { ownedName } from "./temporary-name.js";

/** `flush`: on the disk before it gets its name. `lazy`: a crash may leave a damaged file, which its checksum tells. */
export type Durability = "flush" | "lazy";

/** A new file of this process in the store's folder for temporary files. */
export async function createTemporary(store: StoreContext): Promise<{ path: string; handle: FileHandle }> {
  const path = join(store.paths.temporary, ownedName(store.self));
  try {
    return { path, handle: await newFile(store, path) };
  } catch (error) {
    throw storeError(error, path);
  }
}

/** Puts a file in its place in one step: readers see the old one or the whole new one.
 * @throws OciBuildError CACHE_DISK_FULL, CACHE_NOT_WRITABLE, CACHE_IO_FAILED */
export async function writeStoreFile(
  store: StoreContext,
  target: string,
  file: { readonly bytes: Uint8Array; readonly durability: Durability },
): Promise<void> {
  const temporary = await createTemporary(store);
  try {
    await writeAndClose(temporary.handle, file.bytes, file.durability);
    await replaceFile(temporary.path, target);
  } catch (error) {
    await rm(temporary.path, { force: true });
    throw storeError(error, target);
  }
}

async function writeAndClose(handle: FileHandle, bytes: Uint8Array, durability: Durability): Promise<void> {
  try {
    await handle.writeFile(bytes);
    if (durability === "flush") await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Windows refuses to replace a file that somebody reads at that moment. */
const busyCodes: ReadonlySet<string> = new Set(["EPERM", "EACCES", "EBUSY"]);
const retryDelaysMs = [1, 4, 16, 64, 256] as const;

/** Renames a file over another one. */
export async function replaceFile(from: string, to: string): Promise<void> {
  for (const delayMs of process.platform === "win32" ? retryDelaysMs : []) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (!busyCodes.has(systemErrorCode(error) ?? "")) throw error;
      await delay(delayMs);
    }
  }
  return rename(from, to);
}
