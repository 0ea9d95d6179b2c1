import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { newFolder } from "./new-file.js";
import type { StoreContext } from "./store-context.js";
import { notWritable, storeError } from "./store-error.js";

type Owned = Pick<StoreContext, "owner">;

/** Makes a folder and those above it, unless they are there.
 * Not by `recursive`, which reports a read-only file system as ENOENT. */
export async function makeFolder(store: Owned, folder: string): Promise<void> {
  try {
    await makeOne(store, folder);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT" || dirname(folder) === folder) throw storeError(error, folder);
    await makeFolder(store, dirname(folder));
    await makeLast(store, folder);
  }
}

/** With its parent there, ENOENT is final: /proc says it of any new name. */
async function makeLast(store: Owned, folder: string): Promise<void> {
  try {
    await makeOne(store, folder);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") throw notWritable(folder, "ENOENT", error);
    throw storeError(error, folder);
  }
}

async function makeOne(store: Owned, folder: string): Promise<void> {
  try {
    await newFolder(store, folder);
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST" || !(await stat(folder)).isDirectory()) throw error;
  }
}
