import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { systemErrorCode } from "@oci-build/oci";
import { nearestThere } from "./file-owner.js";

/** Whom new files of a store are given to, by number. */
export interface StoreOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Root works in stores of others, as `sudo oci-build` does, and what it leaves there is to be of use to them: it belongs
 * to whom the store belongs to, or the folder that a new store is to lie in. Undefined where new files are this user's,
 * as they are for anybody but root. */
export function storeOwner(root: string): StoreOwner | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const { uid, gid } = nearestThere(root)?.stats ?? { uid: 0, gid: 0 };
  return uid === 0 ? undefined : { uid, gid };
}

/** What file systems say that know no owners, or none of these. */
const UNKNOWN_OWNER: ReadonlySet<string | undefined> = new Set(["EPERM", "EINVAL", "ENOTSUP", "ENOSYS"]);

/** Gives what root has just made to the store's owner. By its descriptor: whatever the owner puts in the place of a name,
 * root gives nothing else away. */
export async function giveToOwner(handle: FileHandle, owner: StoreOwner | undefined): Promise<void> {
  if (owner === undefined) return;
  try {
    await handle.chown(owner.uid, owner.gid);
  } catch (error) {
    if (!UNKNOWN_OWNER.has(systemErrorCode(error))) throw error;
  }
}

const FOLDER_ITSELF = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Gives a folder that root has just made to the store's owner. */
export async function giveFolder(folder: string, owner: StoreOwner | undefined): Promise<void> {
  if (owner === undefined) return;
  const handle = await open(folder, FOLDER_ITSELF);
  try {
    if ((await handle.stat()).uid === 0) await giveToOwner(handle, owner);
  } finally {
    await handle.close();
  }
}
