import { isOciBuildError } from "@oci-build/oci";
import { ImageIndexStore } from "../images/image-index-store.js";
import { withLock } from "../lock/with-lock.js";
import type { StoreContext } from "../store/store-context.js";
import { sumBytes } from "../store/store-files.js";
import { collectFiles } from "./collect-files.js";
import { collectAbandoned, collectFolders } from "./collect-folders.js";
import { collectParts } from "./collect-parts.js";
import { collectRecords } from "./collect-records.js";
import { diskSpace } from "./disk-space.js";
import { type Inventory, readInventory } from "./inventory.js";
import { makeRoom } from "./make-room.js";
import { planPrune } from "./plan-prune.js";
import { readProtection } from "./protection.js";
import type { PrunePlan } from "./prune-plan.js";
import type { PrunePolicy, PruneReport } from "./prune-policy.js";
import { pruneReport } from "./prune-report.js";

/** Collects what a policy names.
 *
 * 1. Under the lock `prune`, so that two prunes do not plan for the same files, the whole store is listed and all
 *    records are read: the mark.
 * 2. A plan is made: records of the policy, least recently used first, without those that were used since a live lease
 *    began and those with a file younger than an hour.
 * 3. Images lose the names that are to go.
 * 4. Records go, in batches. For each batch, under the lock `records`: the leases are read again, tombstones are
 *    written, and each record is moved aside, looked at once more, and put back if it was used meanwhile. A build takes
 *    its lease before its first look-up and marks each record that it finds; one that is gone by then it misses.
 * 5. Segment tables, trees and blobs go, in this order and in batches, each under the lock `records` with leases,
 *    records and images read again: those that nothing needs, which also finds what an interrupted prune or build left.
 *    A layer that is half gone is a miss; a build that writes the same files again makes them young.
 * 6. File-digest indexes and logs of projects go. Both only save work. Cache mounts and unpacked layers of RUN go that
 *    nobody uses, each moved aside first; and what commands of killed builds left.
 *
 * Ended at any moment, it leaves a store in which every record is whole or a miss, and the next prune takes the rest. On
 * a disk that has no room for a lock, some of what is to go goes first. */
export async function prune(store: StoreContext, policy: PrunePolicy): Promise<PruneReport> {
  if (policy.mode === "dry-run") return dryRun(store, policy);
  try {
    return await pruneLocked(store, policy);
  } catch (error) {
    if (!isOciBuildError(error, "CACHE_DISK_FULL")) throw error;
    const { inventory, plan } = await planFor(store, policy);
    await makeRoom(store, plan, inventory);
    return pruneLocked(store, policy);
  }
}

function pruneLocked(store: StoreContext, policy: PrunePolicy): Promise<PruneReport> {
  return withLock(store, "prune", async () => {
    const { inventory, plan } = await planFor(store, policy);
    for (const name of plan.untagged) await new ImageIndexStore(store).untag(name);
    const records = await collectRecords(store, plan.records);
    const parts = await collectParts(store, partsOf(plan, inventory), inventory.records);
    const indexes = await collectFiles(store, plan.indexes);
    const folders = await collectFolders(store, plan.folders);
    const abandoned = await collectAbandoned(store, plan.abandoned);
    const logs = await collectFiles(store, projectFilesOf(plan));
    const folderFiles = folders.map(({ entry }) => entry.file);
    const recordFiles = records.map(({ entry }) => entry.file);
    const files = [...recordFiles, ...parts, ...indexes, ...logs, ...folderFiles, ...abandoned];
    const reclaimedBytes = sumBytes(files);
    return pruneReport({ ...plan, records, indexes, folders, abandoned, reclaimedBytes });
  });
}

async function dryRun(store: StoreContext, policy: PrunePolicy): Promise<PruneReport> {
  return pruneReport((await planFor(store, policy)).plan);
}

async function planFor(
  store: StoreContext,
  policy: PrunePolicy,
): Promise<{ readonly inventory: Inventory; readonly plan: PrunePlan }> {
  const inventory = await readInventory(store);
  const protection = await readProtection(store);
  const facts = { nowMs: store.now(), protection, freeBytes: (await diskSpace(store)).freeBytes };
  return { inventory, plan: planPrune(inventory, policy, facts) };
}

function partsOf({ records, leftovers }: PrunePlan, { parts }: Inventory): Inventory["parts"] {
  const paths = records.flatMap(({ entry }) => entry.partPaths);
  const files = [...leftovers, ...paths.flatMap((path) => parts.get(path) ?? [])];
  return new Map(files.map((file) => [file.path, file]));
}

function projectFilesOf({ projects }: PrunePlan): readonly PrunePlan["projects"][number]["file"][] {
  return projects.map(({ file }) => file);
}
