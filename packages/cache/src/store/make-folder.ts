import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { notWritable, storeError, systemErrorCode } from "./store-error.js";

/** Private: layers and records hold what the user's sources hold. */
const FOLDER_MODE = 0o700;

/** Makes a folder and those above it, unless they are there.
 * Not by `recursive`, which reports a read-only file system as ENOENT. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT" || dirname(folder) === folder) throw storeError(error, folder);
    await makeFolder(dirname(folder));
    await makeLast(folder);
  }
}

/** With its parent there, ENOENT is final: /proc says it of any new name. */
async function makeLast(folder: string): Promise<void> {
  try {
    await makeOne(folder);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") throw notWritable(folder, "ENOENT", error);
    throw storeError(error, folder);
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: FOLDER_MODE });
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST" || !(await stat(folder)).isDirectory()) throw error;
  }
}
