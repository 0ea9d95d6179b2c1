import { rm } from "node:fs/promises";
import { systemErrorCode } from "@oci-build/oci";
import type { StoreContext } from "./store-context.js";
import { storeError } from "./store-error.js";

/** What is said of files of other users, and of folders that may not be written. */
const REFUSED: ReadonlySet<string | undefined> = new Set(["EACCES", "EPERM"]);

/** Removes a folder with all in it, also what commands left there as other users; no error where there is none.
 * @throws OciBuildError CACHE_NOT_WRITABLE, CACHE_IO_FAILED */
export async function removeTree(store: StoreContext, path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (store.removeFolder === undefined || !REFUSED.has(systemErrorCode(error)))
      throw storeError(error, path);
    await store.removeFolder(path);
  }
}
