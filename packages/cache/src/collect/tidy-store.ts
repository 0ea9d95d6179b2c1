import { utimes } from "node:fs/promises";
import { isOciBuildError } from "@oci-build/oci";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import { statFile } from "../store/store-files.js";
import { writeStoreFile } from "../store/write-file.js";
import { diskSpace } from "./disk-space.js";
import type { PruneReport } from "./prune-policy.js";

/** What a cache may take when nobody says otherwise: this, or the share below if that is less. */
export const CACHE_MAX_BYTES = 10_000_000_000;

/** A tenth of the disk, as BuildKit reserves for its own. */
export const CACHE_MAX_DISK_SHARE = 0.1;

/** Records and indexes that no build used for so long go: 60 days, as BuildKit has it. */
export const CACHE_UNUSED_MS: number = 60 * 24 * 3_600_000;

/** How long a store is left alone after it was tidied. */
const TIDY_INTERVAL_MS: number = 24 * 3_600_000;

/** How large a cache may grow: bytes on disk, or `unlimited`. */
export type CacheLimit = number | "unlimited";

/** Keeps a store within its limit and free of what was not used for long, if that was not done in the last day; most
 * often it costs one system call. Gives what each prune did: none when nothing was due. A new store is left alone for a
 * day. What goes wrong is a warning, since the build that asks for it is done. */
export async function tidyStore(
  store: StoreContext,
  limit: CacheLimit | undefined,
): Promise<readonly PruneReport[]> {
  try {
    return (await isDue(store)) ? await tidyNow(store, limit) : [];
  } catch (error) {
    const problem = storeError(error, store.paths.root);
    if (!isOciBuildError(problem)) throw error;
    store.onWarning(problem);
    return [];
  }
}

/** The stamp is set before the work, so that builds which end together do it once. A stamp of the future is one of a
 * clock that was wrong. */
async function isDue(store: StoreContext): Promise<boolean> {
  const { stampFile } = store.paths;
  const stamp = await statFile(stampFile, "stamp");
  const nowMs = store.now();
  if (stamp !== undefined && Math.abs(nowMs - stamp.mtimeMs) < TIDY_INTERVAL_MS) return false;
  await writeStoreFile(store, stampFile, { bytes: Buffer.alloc(0), durability: "lazy" });
  await utimes(stampFile, nowMs / 1000, nowMs / 1000);
  return stamp !== undefined;
}

async function tidyNow(store: StoreContext, limit: CacheLimit | undefined): Promise<readonly PruneReport[]> {
  const { prune } = await import("./prune.js");
  const byAge = await prune(store, { scope: "all", unusedForMs: CACHE_UNUSED_MS });
  if (limit === "unlimited") return [byAge];
  const maxUsedBytes = limit ?? (await defaultLimit(store));
  return byAge.usedBytes <= maxUsedBytes
    ? [byAge]
    : [byAge, await prune(store, { scope: "all", maxUsedBytes })];
}

async function defaultLimit(store: StoreContext): Promise<number> {
  const { totalBytes } = await diskSpace(store);
  return Math.min(CACHE_MAX_BYTES, Math.floor(totalBytes * CACHE_MAX_DISK_SHARE));
}
