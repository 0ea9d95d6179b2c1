import type { Digest } from "@oci-build/oci";

/** Why a record was collected: unused for too long, the cache was too large, no build uses it any more (`dangling`),
 * everything was to go (`all`), or what a project or tag uses was to go. Append only: the place is the code on disk. */
export const PRUNE_REASONS = ["age", "size", "dangling", "all", "project", "tag"] as const;

/** See `PRUNE_REASONS`. */
export type PruneReason = (typeof PRUNE_REASONS)[number];

/** What is left of a record that was collected. `collectedSec` is seconds since 1970. JSON-safe. */
export interface Tombstone {
  readonly key: Digest;
  readonly collectedSec: number;
  readonly reason: PruneReason;
}
