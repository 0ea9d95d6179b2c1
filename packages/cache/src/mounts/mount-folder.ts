import { createHash } from "node:crypto";
import { mkdir, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { asInteger, asString, JsonShapeError, parseJsonObject } from "../store/json-reader.js";
import { makeFolder } from "../store/make-folder.js";
import { readBounded } from "../store/read-file.js";
import { removeTree } from "../store/remove-tree.js";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import { ownedName } from "../store/temporary-name.js";
import type { MountRequest } from "./mount-request.js";

/** One folder of a mount: `mounts/<key>.<number>` with the file `info`, which bears the time of its last use; the folder
 * `users`, with a file for each that uses it now; and the folder `data`, which is what gets mounted. */
export interface MountFolder {
  readonly path: string;
  readonly data: string;
  readonly users: string;
  readonly info: string;
}

/** What a folder says about itself. */
export interface MountInfo {
  readonly id: string;
  readonly variant: string;
  readonly createdSec: number;
}

const INFO_MAX_BYTES = 64 * 1024;

/** What distinguishes mounts; safe as a file name. */
export function mountKey({ id, variant }: Pick<MountRequest, "id" | "variant">): string {
  return createHash("sha256")
    .update(JSON.stringify([id, variant]))
    .digest("hex");
}

/** One of the folders of a mount, from 0 on. */
export function mountFolder(store: StoreContext, key: string, number: number): MountFolder {
  return partsOf(join(store.paths.mounts, `${key}.${number}`));
}

/** The parts of a folder by its path. */
export function partsOf(path: string): MountFolder {
  return { path, data: join(path, "data"), users: join(path, "users"), info: join(path, "info") };
}

/** What a folder says about itself; undefined where there is none, or it is damaged. */
export async function readMountInfo({ info }: MountFolder): Promise<MountInfo | undefined> {
  try {
    const object = parseJsonObject((await readBounded(info, INFO_MAX_BYTES)).toString("utf8"));
    return {
      id: asString(object["id"]),
      variant: asString(object["variant"]),
      createdSec: asInteger(object["createdSec"], 0),
    };
  } catch (error) {
    if (systemErrorCode(error) === undefined && !(error instanceof JsonShapeError)) throw error;
    return undefined;
  }
}

/** Whether a folder can be used as it is. */
export async function isWhole(folder: MountFolder): Promise<boolean> {
  if ((await readMountInfo(folder)) === undefined) return false;
  const parts = await Promise.all([folder.data, folder.users].map(isFolder));
  return parts.every(Boolean);
}

/** Makes a folder aside, which takes as long as what it begins with takes to copy. It stays root's own where root makes
 * it, whoever the store belongs to: what commands leave in it may be programs that act as their owner.
 * @throws OciBuildError CACHE_DISK_FULL, CACHE_NOT_WRITABLE, CACHE_IO_FAILED; what `make` throws */
export async function makeAside(
  store: StoreContext,
  { id, variant, make }: MountRequest,
): Promise<MountFolder> {
  const aside = partsOf(join(store.paths.temporary, ownedName(store.self)));
  await makeFolder(store, store.paths.mounts);
  try {
    await mkdir(aside.path, { mode: 0o700 });
    await mkdir(aside.users, { mode: 0o700 });
    const info: MountInfo = { id, variant, createdSec: Math.floor(store.now() / 1000) };
    await writeFile(aside.info, JSON.stringify(info), { mode: 0o600 });
    await make(aside.data);
    return aside;
  } catch (error) {
    await removeTree(store, aside.path);
    throw storeError(error, aside.path);
  }
}

/** Puts a folder in its place, unless there is a whole one by now; gives where what is not needed lies then. Only renames:
 * the lock on all mounts is held. */
export async function placeMount(
  store: StoreContext,
  aside: MountFolder,
  folder: MountFolder,
): Promise<string | undefined> {
  if (await isWhole(folder)) return aside.path;
  const damaged = join(store.paths.temporary, ownedName(store.self));
  try {
    const found = await renameIfThere(folder.path, damaged);
    await rename(aside.path, folder.path);
    return found === "renamed" ? damaged : undefined;
  } catch (error) {
    throw storeError(error, folder.path);
  }
}

async function renameIfThere(from: string, to: string): Promise<"renamed" | "missing"> {
  try {
    await rename(from, to);
    return "renamed";
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    return "missing";
  }
}

/** Says that a folder is used now. */
export async function touchMount(store: StoreContext, { info }: MountFolder): Promise<void> {
  const now = store.now() / 1000;
  try {
    await utimes(info, now, now);
  } catch (error) {
    // Somebody removed it by hand.
    if (systemErrorCode(error) !== "ENOENT") throw storeError(error, info);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}
