import { basename } from "node:path";
import { withLock } from "../lock/with-lock.js";
import { removeTree } from "../store/remove-tree.js";
import type { StoreContext } from "../store/store-context.js";
import { isWhole, type MountFolder, makeAside, placeMount } from "./mount-folder.js";
import type { MountRequest } from "./mount-request.js";
import { MOUNTS_LOCK } from "./mounts-lock.js";

/** Makes the folder of a mount, unless another process does so first. What it begins with may be large: who wants the
 * same mount waits for it, and of those who want others at most some that have no folder yet, either. Locks never go
 * away, so that mounts do not have one each. */
export async function makeMount(
  store: StoreContext,
  folder: MountFolder,
  request: MountRequest,
): Promise<void> {
  const digit = basename(folder.path).slice(0, 1);
  const unneeded = await withLock(store, `${MOUNTS_LOCK}-new-${digit}`, async () => {
    if (await isWhole(folder)) return undefined;
    const aside = await makeAside(store, request);
    return withLock(store, MOUNTS_LOCK, () => placeMount(store, aside, folder));
  });
  if (unneeded !== undefined) await removeTree(store, unneeded);
}
