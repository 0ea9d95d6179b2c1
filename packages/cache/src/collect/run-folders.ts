import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { partsOf, readMountInfo } from "../mounts/mount-folder.js";
import { mountUsers } from "../mounts/mount-users.js";
import { isForeignFolder } from "../store/foreign-folder.js";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import { readFolder, type StoreFile, statFile } from "../store/store-files.js";
import { isLeftOver } from "../store/sweep-store.js";
import { ownerOfName } from "../store/temporary-name.js";

/** A cache mount of RUN. The time of its file is that of its last use. */
export interface MountEntry {
  readonly kind: "mount";
  readonly id: string;
  readonly createdSec: number;
  readonly state: "in-use" | "idle";
  readonly file: StoreFile;
}

/** A layer as files, for commands to run on. The time of its file is that of its last use. */
export interface UnpackedEntry {
  readonly kind: "unpacked";
  /** The id space that its owners were written through. */
  readonly space: string;
  readonly diffIdHex: string;
  readonly file: StoreFile;
}

/** A folder that RUN works with. */
export type RunFolder = MountEntry | UnpackedEntry;

const MOUNT_NAME = /^[0-9a-f]{64}\.[0-9]{1,9}$/;
/** Of a user, with a folder for each executor in it, whose name tells its process as those of temporary files do. */
const RUNS_NAME = /^runs-[0-9]+$/;
const LAYER_NAME = /^[0-9a-f]{64}$/;

/** The cache mounts. One that is damaged has no id. */
export async function listMounts(store: StoreContext): Promise<readonly MountEntry[]> {
  const mounts: MountEntry[] = [];
  for (const name of await readFolder(store.paths.mounts)) {
    const folder = partsOf(join(store.paths.mounts, name));
    const found = MOUNT_NAME.test(name) ? await statFile(folder.path, name) : undefined;
    if (found === undefined || (await isForeignFolder(store, folder.path))) continue;
    const info = await readMountInfo(folder);
    const users = await mountUsers(store, folder);
    mounts.push({
      kind: "mount",
      id: info?.id ?? "",
      createdSec: info?.createdSec ?? 0,
      state: users.length > 0 ? "in-use" : "idle",
      file: { ...found, mtimeMs: (await lastUseMs({ kind: "mount", file: found })) ?? found.mtimeMs },
    });
  }
  return mounts;
}

/** What an executor keeps in its folder. */
export interface UnpackedFolder {
  readonly layers: readonly UnpackedEntry[];
  /** What commands worked in whose build was killed. Counted in `rest`, too. */
  readonly abandoned: readonly StoreFile[];
  readonly rest: readonly StoreFile[];
}

/** The layers that an executor has unpacked, and what else it keeps beside them. */
export async function listUnpacked(store: StoreContext): Promise<UnpackedFolder> {
  const layers: UnpackedEntry[] = [];
  const abandoned: StoreFile[] = [];
  const rest: StoreFile[] = [];
  for (const space of await readFolder(store.paths.unpacked)) {
    const folder = join(store.paths.unpacked, space);
    if (await isForeignFolder(store, folder)) continue;
    const names = (await isFolder(folder)) ? await readFolder(folder) : [];
    if (!names.some((name) => LAYER_NAME.test(name))) {
      const file = await statFile(folder, space);
      if (file !== undefined) rest.push(file);
      if (RUNS_NAME.test(space)) abandoned.push(...(await listAbandoned(store, folder, names)));
      continue;
    }
    for (const name of names) {
      const file = await statFile(join(folder, name), name);
      if (file === undefined) continue;
      if (LAYER_NAME.test(name)) layers.push({ kind: "unpacked", space, diffIdHex: name, file });
      else rest.push(file);
    }
  }
  return { layers, abandoned, rest };
}

async function listAbandoned(
  store: StoreContext,
  folder: string,
  names: readonly string[],
): Promise<readonly StoreFile[]> {
  const found: StoreFile[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if (ownerOfName(name) === undefined || !(await isLeftOver(store, name, path))) continue;
    const file = await statFile(path, name);
    if (file !== undefined) found.push(file);
  }
  return found;
}

/** When a folder was last used; undefined when it is gone. */
export async function lastUseMs({
  kind,
  file,
}: {
  readonly kind: RunFolder["kind"];
  readonly file: Pick<StoreFile, "path">;
}): Promise<number | undefined> {
  const path = kind === "mount" ? partsOf(file.path).info : file.path;
  try {
    return (await lstat(path)).mtimeMs;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw storeError(error, path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw storeError(error, path);
  }
}
