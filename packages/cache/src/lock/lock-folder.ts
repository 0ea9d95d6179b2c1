import { readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { formatIdentity, type ProcessIdentity, parseIdentity } from "../process/process-identity.js";
import { newFolder, writeNewFile } from "../store/new-file.js";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import { readFolder } from "../store/store-files.js";
import { ownedName } from "../store/temporary-name.js";

/** One lock is a row of folders `locks/<name>.<generation>`, of which only the newest counts.
 *
 * Each folder holds two files: `lock`, always, and `owner` while it is held. To take the lock is to rename a prepared
 * folder to the next generation; a folder is never renamed over one with files in it, so one process wins. To release
 * it is to unlink `owner`, which works on a full disk. The newest folder is never removed, only older ones by the next
 * owner: with that, whoever finds his folder to be the newest owns the lock, also when an old one was taken to be
 * stale by two processes at once. */
export interface HeldLock {
  readonly ownerFile: string;
  readonly release: () => Promise<void>;
}

/** Who has the newest generation; `owner` is undefined when it is free. */
export interface LockState {
  readonly generation: number;
  readonly owner: LockOwner | undefined;
}

/** `identity` is undefined when the owner's file cannot be understood. `beatMs` is the time of its last heartbeat. */
export interface LockOwner {
  readonly identity: ProcessIdentity | undefined;
  readonly text: string;
  readonly beatMs: number;
}

const OWNER_FILE = "owner";

/** What a lock looks like now. */
export async function readLock(store: StoreContext, name: string): Promise<LockState> {
  const generation = (await generations(store, name)).at(-1) ?? 0;
  if (generation === 0) return { generation, owner: undefined };
  return { generation, owner: await readOwner(join(folderOf(store, name, generation), OWNER_FILE)) };
}

/** One generation of a lock. */
export interface LockPlace {
  readonly name: string;
  readonly generation: number;
}

/** Takes a lock at a generation, or gives undefined when somebody else was faster. */
export async function takeLock(store: StoreContext, place: LockPlace): Promise<HeldLock | undefined> {
  const folder = folderOf(store, place.name, place.generation);
  try {
    if (!(await moveInto(store, await prepareFolder(store), place))) return undefined;
    const all = await generations(store, place.name);
    if (all.at(-1) !== place.generation) {
      await removeOldFolder(folder);
      return undefined;
    }
    for (const old of all.slice(0, -1)) await removeOldFolder(folderOf(store, place.name, old));
    const ownerFile = join(folder, OWNER_FILE);
    return { ownerFile, release: () => rm(ownerFile, { force: true }) };
  } catch (error) {
    throw storeError(error, folder);
  }
}

async function prepareFolder(store: StoreContext): Promise<string> {
  const folder = join(store.paths.temporary, ownedName(store.self));
  await newFolder(store, folder);
  try {
    await writeNewFile(store, join(folder, "lock"), "");
    await writeNewFile(store, join(folder, OWNER_FILE), formatIdentity(store.self));
    return folder;
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

async function moveInto(store: StoreContext, prepared: string, place: LockPlace): Promise<boolean> {
  try {
    await rename(prepared, folderOf(store, place.name, place.generation));
    return true;
  } catch (error) {
    await removeFolder(prepared);
    if (!(await isTaken(store, place, systemErrorCode(error)))) throw error;
    return false;
  }
}

/** Windows says EPERM or EACCES of a folder that exists, and of one that may not be made. The folder itself may have
 * been removed by the next owner since. */
async function isTaken(store: StoreContext, place: LockPlace, code: string | undefined): Promise<boolean> {
  if (code === "ENOTEMPTY" || code === "EEXIST") return true;
  if (code !== "EPERM" && code !== "EACCES") return false;
  return ((await generations(store, place.name)).at(-1) ?? 0) >= place.generation;
}

async function generations(store: StoreContext, name: string): Promise<readonly number[]> {
  const names = await readFolder(store.paths.locks);
  const own = names.filter((file) => file.startsWith(`${name}.`)).map((file) => file.slice(name.length + 1));
  const numbers = own.filter((text) => /^[1-9][0-9]{0,14}$/.test(text)).map(Number);
  return numbers.sort((a, b) => a - b);
}

async function readOwner(path: string): Promise<LockOwner | undefined> {
  try {
    const [text, stats] = [await readFile(path, "latin1"), await stat(path)];
    return { identity: parseIdentity(text), text, beatMs: stats.mtimeMs };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw storeError(error, path);
  }
}

/** An old folder that stays behind is in nobody's way. */
async function removeOldFolder(folder: string): Promise<void> {
  try {
    await removeFolder(folder);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
  }
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

function folderOf(store: StoreContext, name: string, generation: number): string {
  return join(store.paths.locks, `${name}.${generation}`);
}
