import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { bytesOnDisk } from "./bytes-on-disk.js";
import { storeError } from "./store-error.js";
import { treeBytes } from "./tree-bytes.js";

/** A file of the store as it lies on the disk. Of a folder, `diskBytes` is what the files in it take. */
export interface StoreFile {
  readonly path: string;
  readonly name: string;
  /** What it takes of the disk, which is a little more than its size, or less for a sparse file. */
  readonly diskBytes: number;
  readonly mtimeMs: number;
}

/** Enough to keep libuv's threads busy. */
const STATS_AT_ONCE = 64;

/** The names in a folder; none when it is not there, as in a store of an older version that cannot be written. */
export async function readFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw storeError(error, folder);
  }
}

/** The files in a folder of the store; what goes meanwhile is left out. */
export async function listFiles(folder: string): Promise<readonly StoreFile[]> {
  const names = await readFolder(folder);
  const files: StoreFile[] = [];
  for (let start = 0; start < names.length; start += STATS_AT_ONCE) {
    const some = names.slice(start, start + STATS_AT_ONCE);
    const found = await Promise.all(some.map((name) => statFile(join(folder, name), name)));
    files.push(...found.flatMap((file) => file ?? []));
  }
  return files;
}

/** One file, or undefined when it is not there. */
export async function statFile(path: string, name: string): Promise<StoreFile | undefined> {
  try {
    const stats = await lstat(path);
    const diskBytes = stats.isDirectory() ? await treeBytes(path) : bytesOnDisk(stats);
    return { path, name, diskBytes, mtimeMs: stats.mtimeMs };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw storeError(error, path);
  }
}

/** What some files take of the disk. */
export function sumBytes(files: Iterable<StoreFile>): number {
  let bytes = 0;
  for (const file of files) bytes += file.diskBytes;
  return bytes;
}
