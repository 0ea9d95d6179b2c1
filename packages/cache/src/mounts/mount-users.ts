import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { startHeartbeat } from "../lock/heartbeat.js";
import { isLive } from "../lock/lease.js";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import { readFolder } from "../store/store-files.js";
import { ownedName, ownerOfName } from "../store/temporary-name.js";
import type { MountFolder } from "./mount-folder.js";

/** How a folder is used now, and by which process, where that can be told. */
export interface MountUser {
  readonly use: "shared" | "exclusive";
  readonly pid: number | undefined;
}

const HEARTBEAT_MS = 60_000;
const EXCLUSIVE = ".exclusive";

/** Those that use a folder. Files of processes that have ended are removed. */
export async function mountUsers(store: StoreContext, { users }: MountFolder): Promise<readonly MountUser[]> {
  const found: MountUser[] = [];
  for (const name of await readFolder(users)) {
    const path = join(users, name);
    const beatMs = await beatOf(path);
    if (beatMs === undefined) continue;
    if (isLive(store, { name, beatMs })) {
      found.push({ use: name.endsWith(EXCLUSIVE) ? "exclusive" : "shared", pid: ownerOfName(name)?.pid });
    } else await rm(path, { force: true });
  }
  return found;
}

/** Says that this process uses a folder, until the function that it gives is called. */
export async function addMountUser(
  store: StoreContext,
  { users }: MountFolder,
  use: MountUser["use"],
): Promise<() => Promise<void>> {
  const path = join(users, ownedName(store.self) + (use === "exclusive" ? EXCLUSIVE : ""));
  try {
    await writeFile(path, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw storeError(error, path);
  }
  const stopHeartbeat = startHeartbeat(path, HEARTBEAT_MS);
  return async () => {
    stopHeartbeat();
    await rm(path, { force: true });
  };
}

async function beatOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw storeError(error, path);
  }
}
