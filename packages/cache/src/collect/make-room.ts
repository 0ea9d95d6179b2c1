import type { StoreContext } from "../store/store-context.js";
import { type StoreFile, sumBytes } from "../store/store-files.js";
import { collectFiles } from "./collect-files.js";
import { collectAbandoned } from "./collect-folders.js";
import type { Inventory } from "./inventory.js";
import type { PrunePlan } from "./prune-plan.js";
import { referencesOf } from "./references.js";

/** Enough for a lock, which takes a folder and two files. */
const ROOM_BYTES = 64 * 1024;

/** Takes the first files of a plan away without a lock, for a disk so full that it has no room for one. A build that is
 * recording at this very moment may miss a layer by it, and makes it again. */
export async function makeRoom(store: StoreContext, plan: PrunePlan, inventory: Inventory): Promise<void> {
  let bytes = sumBytes(await collectAbandoned(store, plan.abandoned));
  if (bytes >= ROOM_BYTES) return;
  for (const files of groupsOf(plan, inventory)) {
    for (const { diskBytes } of await collectFiles(store, files)) bytes += diskBytes;
    if (bytes >= ROOM_BYTES) return;
  }
}

/** What costs least first, after what commands of killed builds left: files that nothing needs, indexes, then records with
 * what they alone need. */
function* groupsOf(plan: PrunePlan, inventory: Inventory): Generator<readonly StoreFile[]> {
  yield plan.leftovers;
  yield plan.indexes;
  const references = referencesOf(inventory.records, inventory.images);
  for (const { entry } of plan.records) {
    const freed = references.drop(entry.partPaths).flatMap((path) => inventory.parts.get(path) ?? []);
    yield [entry.file, ...freed];
  }
}
