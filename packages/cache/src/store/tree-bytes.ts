import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { bytesOnDisk } from "./bytes-on-disk.js";
import { storeError } from "./store-error.js";

/** Enough to keep libuv's threads busy. */
const STATS_AT_ONCE = 64;

/** What is said of folders that went meanwhile, and of those of other users. */
const PASSED_OVER: ReadonlySet<string | undefined> = new Set(["ENOENT", "EACCES", "EPERM"]);

/** What a folder and all in it take of the disk, files with several names once. What this user may not look into, as what
 * commands left there as other users, counts nothing. */
export async function treeBytes(folder: string): Promise<number> {
  const seen = new Set<string>();
  const folders = [folder];
  let bytes = 0;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const names = await passOver(next, () => readdir(next));
    for (let start = 0; start < (names?.length ?? 0); start += STATS_AT_ONCE) {
      const paths = names?.slice(start, start + STATS_AT_ONCE).map((name) => join(next, name)) ?? [];
      const found = await Promise.all(paths.map((path) => passOver(path, () => lstat(path))));
      for (const [index, stats] of found.entries()) {
        if (stats === undefined) continue;
        if (stats.isDirectory()) folders.push(paths[index] ?? "");
        if (stats.nlink > 1 && !stats.isDirectory()) {
          const file = `${stats.dev}:${stats.ino}`;
          if (seen.has(file)) continue;
          seen.add(file);
        }
        bytes += bytesOnDisk(stats);
      }
    }
  }
  return bytes;
}

async function passOver<T>(path: string, look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (PASSED_OVER.has(systemErrorCode(error))) return undefined;
    throw storeError(error, path);
  }
}
