import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import type { StoreContext } from "./store-context.js";
import { giveFolder, giveToOwner } from "./store-owner.js";

/** Private: layers and records hold what the user's sources hold. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Makes a file where nothing is. All files of a store begin here.
 * @throws system errors as they are */
export async function newFile({ owner }: Pick<StoreContext, "owner">, path: string): Promise<FileHandle> {
  const handle = await open(path, "wx", FILE_MODE);
  try {
    await giveToOwner(handle, owner);
    return handle;
  } catch (error) {
    await handle.close();
    await rm(path, { force: true });
    throw error;
  }
}

/** Makes a file with a text. On a full disk an empty one is left.
 * @throws system errors as they are */
export async function writeNewFile(
  store: Pick<StoreContext, "owner">,
  path: string,
  text: string,
): Promise<void> {
  const handle = await newFile(store, path);
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}

/** Makes a folder where nothing is. All folders of a store that is not RUN's begin here.
 * @throws system errors as they are */
export async function newFolder({ owner }: Pick<StoreContext, "owner">, path: string): Promise<void> {
  await mkdir(path, { mode: FOLDER_MODE });
  await giveFolder(path, owner);
}
