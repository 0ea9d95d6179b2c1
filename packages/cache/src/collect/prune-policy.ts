import type { Digest } from "@oci-build/oci";
import type { Project } from "../projects/build-log.js";
import type { PruneReason } from "../tombstones/tombstone.js";

/** What is to be collected. Records go least recently used first, each with the layers that nothing else needs.
 *
 * Without `unusedForMs`, `maxUsedBytes` and `minFreeBytes` all records in `scope` go. With an age, only those that were
 * not used for that long; with a size, only as many as it takes to come to it; with both, as in BuildKit, what was used
 * since stays, whatever the size. What a running build may use, what is younger than an hour, and the files of images
 * that have a name always stay. */
export interface PrunePolicy {
  /** `dangling` (the default): records that no project's last build and no image with a name uses. `all`: every
   * record. */
  readonly scope?: "dangling" | "all" | undefined;
  /** Only records that belong to these projects, by id or context, and to no other one, and what else is known of them:
   * the last build, and the file-digest indexes of the context. */
  readonly projects?: readonly string[] | undefined;
  /** Only records of projects whose last build had one of these names, and of no other project; images of these names
   * lose them. */
  readonly tags?: readonly string[] | undefined;
  /** Only things of these kinds. `mounts` are cache mounts of RUN, `unpacked` are layers as files; both go only when
   * everything is in the scope, and no project's or tag's are. Default: all kinds. */
  readonly kinds?: readonly PruneKind[] | undefined;
  /** Milliseconds. */
  readonly unusedForMs?: number | undefined;
  /** What the store may take of the disk, in bytes. */
  readonly maxUsedBytes?: number | undefined;
  /** What has to stay free on the store's disk, in bytes. */
  readonly minFreeBytes?: number | undefined;
  /** Records and logs stay when the store takes less than this, in bytes, however old they are. Default: 0. */
  readonly reservedBytes?: number | undefined;
  /** `dry-run` collects nothing and tells what would be. */
  readonly mode?: "collect" | "dry-run" | undefined;
}

/** What a prune may be about. */
export type PruneKind = "records" | "indexes" | "mounts" | "unpacked";

/** A cache mount that was collected, or would be. */
export interface PrunedMount {
  readonly id: string;
  readonly lastUsedSec: number;
  readonly reason: PruneReason;
  readonly reclaimedBytes: number;
}

/** A record that was collected, or would be. */
export interface PrunedRecord {
  readonly key: Digest;
  readonly stepName: string;
  readonly lastUsedSec: number;
  readonly reason: PruneReason;
  /** What went with it: its own file, and layers that nothing else needs. Bytes on disk. */
  readonly reclaimedBytes: number;
}

/** What a prune did, or would do. JSON-safe; bytes are those on disk. */
export interface PruneReport {
  /** In the order in which they went. */
  readonly records: readonly PrunedRecord[];
  /** Layers and other files that nothing referred to before, such as what an interrupted build left. */
  readonly leftovers: { readonly count: number; readonly bytes: number };
  /** Folders that commands worked in whose build was killed. */
  readonly abandoned: { readonly count: number; readonly bytes: number };
  /** File-digest indexes of contexts that were not built for long; the next build hashes again. */
  readonly indexes: { readonly count: number; readonly bytes: number };
  /** Cache mounts, in the order in which they went. */
  readonly mounts: readonly PrunedMount[];
  /** Layers that were there as files; the next RUN on them unpacks them again. */
  readonly unpacked: { readonly count: number; readonly bytes: number };
  /** Projects whose last build is forgotten. */
  readonly projects: readonly Project[];
  /** Names that images lost. */
  readonly untagged: readonly string[];
  readonly reclaimedBytes: number;
  /** What the store takes afterwards. */
  readonly usedBytes: number;
  /** Records, and folders of RUN, that the policy would have taken, and why they stayed. */
  readonly kept: { readonly inUse: number; readonly young: number; readonly foldersInUse: number };
}
