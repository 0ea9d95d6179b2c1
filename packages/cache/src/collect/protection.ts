import { isLive, leaseStartMs, listLeases } from "../lock/lease.js";
import type { StoreContext } from "../store/store-context.js";

/** Blobs, trees and tables that are younger stay, whoever made them: their record may still be on its way, written by a
 * process that cannot be seen from here. */
const YOUNG_MS = 3_600_000;

/** How far a lease reaches back before its start, so that a clock set back under a running build does no harm: its
 * heartbeat tells of that within a minute. */
const LEASE_SLACK_MS = 120_000;

/** What may be collected at one moment, by the time of its file. */
export interface Protection {
  /** What was used then or later may be in use by a build that runs. */
  readonly inUseSinceMs: number;
  /** What was written then or later stays. */
  readonly youngSinceMs: number;
}

/** Asks the leases. Valid until a lease is taken: a build that takes one later marks what it uses from then on, and
 * what is taken away is looked at once more when no look-up finds it any longer. */
export async function readProtection(store: StoreContext): Promise<Protection> {
  let inUseSinceMs = Number.POSITIVE_INFINITY;
  for (const lease of await listLeases(store)) {
    if (!isLive(store, lease)) continue;
    const startMs = await leaseStartMs(store, lease);
    inUseSinceMs = Math.min(inUseSinceMs, Math.min(startMs, lease.beatMs) - LEASE_SLACK_MS);
  }
  return { inUseSinceMs, youngSinceMs: Math.min(inUseSinceMs, store.now() - YOUNG_MS) };
}
