import type { OciBuildError } from "@oci-build/oci";
import type { Cache } from "../cache.js";
import { cacheError } from "../errors.js";
import type { StoreContext } from "../store/store-context.js";
import { readInventory } from "./inventory.js";
import { planPrune } from "./plan-prune.js";
import { readProtection } from "./protection.js";
import { pruneReport } from "./prune-report.js";

/** A cache whose folder holds no store: what looks or collects makes nothing there, not even a lock. */
export function absentCache(cache: Cache, store: StoreContext): Cache {
  return {
    ...cache,
    prune: async (policy) => {
      const [inventory, protection] = [await readInventory(store), await readProtection(store)];
      return pruneReport(planPrune(inventory, policy, { nowMs: store.now(), protection, freeBytes: 0 }));
    },
  };
}

/** Tells of a folder that was hardly meant, or of a cache that no build has begun. */
export function missingStore(dir: string): OciBuildError {
  return cacheError("CACHE_MISSING", {
    message: `there is no cache at ${dir}`,
    data: { path: dir },
  });
}
