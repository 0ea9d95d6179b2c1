import { rename } from "node:fs/promises";
import { join } from "node:path";
import { isOciBuildError, systemErrorCode } from "@oci-build/oci";
import { withLock } from "../lock/with-lock.js";
import { partsOf } from "../mounts/mount-folder.js";
import { mountUsers } from "../mounts/mount-users.js";
import { MOUNTS_LOCK } from "../mounts/mounts-lock.js";
import { removeTree } from "../store/remove-tree.js";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import type { StoreFile } from "../store/store-files.js";
import { ownedName } from "../store/temporary-name.js";
import { readProtection } from "./protection.js";
import type { PlannedFolder } from "./prune-plan.js";
import { lastUseMs, type RunFolder } from "./run-folders.js";

interface TakenFolder {
  readonly planned: PlannedFolder;
  readonly aside: string;
}

/** Collects cache mounts and unpacked layers, and gives those that went. They are moved aside under the lock under which
 * mounts are given out, and removed after it: that takes long. One that cannot be removed is told of by a warning. */
export async function collectFolders(
  store: StoreContext,
  planned: readonly PlannedFolder[],
): Promise<readonly PlannedFolder[]> {
  if (planned.length === 0) return [];
  const taken = await withLock(store, MOUNTS_LOCK, () => takeFolders(store, planned));
  const removed: PlannedFolder[] = [];
  for (const { planned: folder, aside } of taken) if (await isRemoved(store, aside)) removed.push(folder);
  return removed;
}

/** Removes what commands of killed builds left, and gives what went. Nobody else wants it, so no lock is needed. */
export async function collectAbandoned(
  store: StoreContext,
  folders: readonly StoreFile[],
): Promise<readonly StoreFile[]> {
  const removed: StoreFile[] = [];
  for (const folder of folders) if (await isRemoved(store, folder.path)) removed.push(folder);
  return removed;
}

async function isRemoved(store: StoreContext, path: string): Promise<boolean> {
  try {
    await removeTree(store, path);
    return true;
  } catch (error) {
    if (!isOciBuildError(error)) throw error;
    store.onWarning(error);
    return false;
  }
}

async function takeFolders(
  store: StoreContext,
  planned: readonly PlannedFolder[],
): Promise<readonly TakenFolder[]> {
  const { inUseSinceMs } = await readProtection(store);
  const taken: TakenFolder[] = [];
  for (const folder of planned) {
    const { entry } = folder;
    const isFree = entry.file.mtimeMs < inUseSinceMs && (await isUnused(store, entry));
    const aside = isFree ? await moveAside(store, entry) : undefined;
    if (aside !== undefined) taken.push({ planned: folder, aside });
  }
  return taken;
}

/** Whether nobody has used it since the plan was made. */
async function isUnused(store: StoreContext, entry: RunFolder): Promise<boolean> {
  if ((await lastUseMs(entry)) !== entry.file.mtimeMs) return false;
  return entry.kind === "unpacked" || (await mountUsers(store, partsOf(entry.file.path))).length === 0;
}

/** An unpacked layer is asked for without the lock, and marked by that: one that was asked for meanwhile is put back. */
async function moveAside(store: StoreContext, { kind, file }: RunFolder): Promise<string | undefined> {
  const aside = join(store.paths.temporary, ownedName(store.self));
  try {
    await rename(file.path, aside);
    if ((await lastUseMs({ kind, file: { path: aside } })) === file.mtimeMs) return aside;
    await rename(aside, file.path);
    return undefined;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw storeError(error, file.path);
  }
}
