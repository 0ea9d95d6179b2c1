import type { ProjectLog } from "../projects/build-log.js";
import type { StoreFile } from "../store/store-files.js";
import type { PruneReason } from "../tombstones/tombstone.js";
import type { PruneReport } from "./prune-policy.js";
import type { RecordEntry } from "./record-entries.js";
import type { RunFolder } from "./run-folders.js";

/** What is to go, in this order. */
export interface PrunePlan {
  readonly records: readonly PlannedRecord[];
  readonly leftovers: readonly StoreFile[];
  readonly abandoned: readonly StoreFile[];
  readonly indexes: readonly StoreFile[];
  readonly folders: readonly PlannedFolder[];
  readonly projects: readonly { readonly log: ProjectLog; readonly file: StoreFile }[];
  readonly untagged: readonly string[];
  readonly kept: PruneReport["kept"];
  /** What the store takes before. */
  readonly usedBytes: number;
  readonly reclaimedBytes: number;
}

/** A record that is to go. */
export interface PlannedRecord {
  readonly entry: RecordEntry;
  readonly reason: PruneReason;
  readonly reclaimedBytes: number;
}

/** A cache mount or an unpacked layer that is to go. */
export interface PlannedFolder {
  readonly entry: RunFolder;
  readonly reason: PruneReason;
}
