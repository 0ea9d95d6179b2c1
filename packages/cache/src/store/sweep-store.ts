import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isOciBuildError, systemErrorCode } from "@oci-build/oci";
import { isLive, listLeases } from "../lock/lease.js";
import { livenessOf } from "../process/process-identity.js";
import { removeTree } from "./remove-tree.js";
import { corrupt } from "./sealed-file.js";
import type { StoreContext } from "./store-context.js";
import { storeError } from "./store-error.js";
import { readFolder } from "./store-files.js";
import { ownerOfName } from "./temporary-name.js";

/** For leftovers of processes that cannot be seen from here: longer than any blob takes between two writes. */
const FOREIGN_MAX_AGE_MS = 24 * 3_600_000;

/** Removes what ended processes left behind: temporary files and folders, and leases. Never those of living ones. */
export async function sweepStore(store: StoreContext): Promise<void> {
  for (const name of await readFolder(store.paths.temporary)) {
    const path = join(store.paths.temporary, name);
    if (await isLeftOver(store, name, path)) await removeLeftOver(store, path);
  }
  for (const lease of await listLeases(store)) {
    if (!isLive(store, lease)) await removeLeftOver(store, join(store.paths.leases, lease.name));
  }
}

/** Whether nobody works any more with what an owned name was made for. */
export async function isLeftOver(store: StoreContext, name: string, path: string): Promise<boolean> {
  const owner = ownerOfName(name);
  const liveness = owner === undefined ? "unknown" : livenessOf(owner, store.self);
  if (liveness !== "unknown") return liveness === "dead";
  try {
    return Date.now() - (await stat(path)).mtimeMs > FOREIGN_MAX_AGE_MS;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw storeError(error, path);
  }
}

/** What cannot be removed (of another user, say) only takes space. */
async function removeLeftOver(store: StoreContext, path: string): Promise<void> {
  try {
    await removeTree(store, path);
  } catch (error) {
    if (!isOciBuildError(error)) throw error;
    store.onWarning(corrupt(path, "a leftover that cannot be removed", error));
  }
}
