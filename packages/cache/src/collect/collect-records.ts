import { isOciBuildError } from "@oci-build/oci";
import { withLock } from "../lock/with-lock.js";
import type { StoreContext } from "../store/store-context.js";
import { statFile } from "../store/store-files.js";
import type { Tombstone } from "../tombstones/tombstone.js";
import { TombstoneStore } from "../tombstones/tombstone-store.js";
import { batchesOf } from "./collect-files.js";
import { readProtection } from "./protection.js";
import type { PlannedRecord } from "./prune-plan.js";
import { type TakenFile, takeAway } from "./take-away.js";

interface TakenRecord {
  readonly record: PlannedRecord;
  readonly file: TakenFile;
}

/** Collects the records of a plan, and gives those that went: the fourth step of `prune`. */
export async function collectRecords(
  store: StoreContext,
  planned: readonly PlannedRecord[],
): Promise<readonly PlannedRecord[]> {
  const collected: PlannedRecord[] = [];
  for (const batch of batchesOf(planned)) {
    const taken = await withLock(store, "records", () => takeRecords(store, batch));
    await Promise.all(taken.map(({ file }) => file.remove()));
    collected.push(...taken.map(({ record }) => record));
  }
  return collected;
}

async function takeRecords(
  store: StoreContext,
  batch: readonly PlannedRecord[],
): Promise<readonly TakenRecord[]> {
  const free = await freeRecords(store, batch);
  // Before the records go: a tombstone is asked for on a miss only, so that one too many does no harm.
  const collectedSec = Math.floor(store.now() / 1000);
  const tombstones = free.map(({ entry, reason }) => ({ key: entry.key, collectedSec, reason }));
  await bury(store, tombstones);
  const taken: TakenRecord[] = [];
  for (const record of free) {
    const { path, mtimeMs } = record.entry.file;
    const file = await takeAway(store, path, (time) => time === mtimeMs);
    if (file !== undefined) taken.push({ record, file });
  }
  return taken;
}

/** On a full disk, which a prune is to empty, explaining a miss comes last. */
async function bury(store: StoreContext, tombstones: readonly Tombstone[]): Promise<void> {
  try {
    await new TombstoneStore(store).add(tombstones);
  } catch (error) {
    if (!isOciBuildError(error, "CACHE_DISK_FULL")) throw error;
    store.onWarning(error);
  }
}

/** Those that no build may be using. One that was used since the plan was made is no longer what the policy was about,
 * whether or not that build still runs. */
async function freeRecords(
  store: StoreContext,
  batch: readonly PlannedRecord[],
): Promise<readonly PlannedRecord[]> {
  const { inUseSinceMs } = await readProtection(store);
  const free: PlannedRecord[] = [];
  for (const record of batch) {
    const { path, name, mtimeMs } = record.entry.file;
    const isUnused = mtimeMs < inUseSinceMs && (await statFile(path, name))?.mtimeMs === mtimeMs;
    if (isUnused) free.push(record);
  }
  return free;
}
