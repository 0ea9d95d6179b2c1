import { statfs } from "node:fs/promises";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";

/** The disk that a store lies on, in bytes; `freeBytes` is what this user may still write. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Asks the file system. */
export async function diskSpace({ paths }: StoreContext): Promise<DiskSpace> {
  try {
    const { bavail, blocks, bsize } = await statfs(paths.root);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch (error) {
    throw storeError(error, paths.root);
  }
}
