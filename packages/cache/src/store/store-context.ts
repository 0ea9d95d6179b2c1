import type { OciBuildError } from "@oci-build/oci";
import type { ProcessIdentity } from "../process/process-identity.js";
import type { StoreOwner } from "./store-owner.js";
import type { StorePaths } from "./store-paths.js";

/** Tells of something that costs work but not correctness: a damaged entry (CACHE_ENTRY_CORRUPT), a long wait. */
export type OnCacheWarning = (warning: OciBuildError) => void;

/** What every part of one opened store works with. */
export interface StoreContext {
  readonly paths: StorePaths;
  readonly self: ProcessIdentity;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onWarning: OnCacheWarning;
  readonly signal: AbortSignal | undefined;
  /** Whom new files are given to; undefined where they are this user's. */
  readonly owner: StoreOwner | undefined;
  /** Removes what this user may not: files that commands left as other users. */
  readonly removeFolder: ((path: string) => Promise<void>) | undefined;
}
