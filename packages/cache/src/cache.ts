import type { Descriptor, DiffId, Digest, LayerTree } from "@oci-build/oci";
import type { BlobStore, LayerBlob, StoredLayer } from "./blob-store.js";
import type { PrunePolicy, PruneReport } from "./collect/prune-policy.js";
import type { CacheLimit } from "./collect/tidy-store.js";
import type { CacheUsage } from "./collect/usage.js";
import type { FileIndexStore } from "./indexes/file-index-store.js";
import type { StepKey } from "./keys/step-key.js";
import type { WriteLayer } from "./layers/layer-store.js";
import type { Lease } from "./lock/lease.js";
import type { MountLease, MountRequest, MountUse } from "./mounts/mount-request.js";
import type { WrittenOutput } from "./outputs/output-store.js";
import type { BuildLog, ProjectLog } from "./projects/build-log.js";
import type { RecordMode, StepRecord, StepResult } from "./records/step-record.js";
import type { SegmentSourceOptions, StoredSegments } from "./segments/stored-segment-source.js";
import type { Tombstone } from "./tombstones/tombstone.js";
import type { VerifyOptions, VerifyReport } from "./verify/verify-report.js";

/** What builds remember: blobs, layers with their trees, and what each step's key gave.
 *
 * Several processes may work on one store at once. What is damaged counts as absent, with a warning, so a look-up
 * gives a right answer or none. Whatever writes throws CACHE_DISK_FULL, CACHE_NOT_WRITABLE or CACHE_IO_FAILED. */
export interface Cache {
  /** The folder of the store itself, an OCI image layout. */
  readonly root: string;
  readonly blobs: BlobStore;
  /** Says that a build begins; taken before its first look-up. */
  lease(): Promise<Lease>;
  /** What a key gave, or undefined. Its layers may be gone: see `layer`. */
  lookUp(key: StepKey): Promise<StepRecord | undefined>;
  /** Records what a key gave, and gives the record that stands. Under `keep` (the default) that is the first one whose
   * content is still in the store, also when its content is another one: the caller then uses that and drops its own.
   * A form that a record of the same content does not have yet is added to it. */
  record(key: StepKey, result: StepResult, mode?: RecordMode): Promise<StepRecord>;
  /** A layer in full, or undefined when any part of it is gone or damaged. The bytes of its blob are verified when
   * they are read; a blob that proves corrupt then is to be forgotten. */
  layer(blob: LayerBlob): Promise<StoredLayer | undefined>;
  /** Stores a layer: its blob from what `write` sends to the sink, and its table and tree from what it returns.
   * Nothing of it is visible when `write` fails.
   * @throws OciBuildError CACHE_DIGEST_MISMATCH when the bytes sent are not those that `write` tells of */
  writeLayer(write: WriteLayer): Promise<StoredLayer>;
  /** The tree of a layer by its verified diffId, or undefined. For layers whose blobs are elsewhere. */
  tree(diffId: DiffId): Promise<LayerTree | undefined>;
  /** Stores a tree. Its diffId must be one that was computed from the layer's bytes, not one that an image claims. */
  writeTree(tree: LayerTree): Promise<void>;
  /** Compressed segments of the layers that are in the store, for a layer that is to be written: `writeLayer(entries,
   * sink, { reuse })`. Nothing is read before the first look-up. Damaged or missing tables and blobs find nothing, with
   * a warning. The caller disposes of it once the layer is written or has failed, best before `writeLayer`'s
   * callback returns: Windows replaces no blob that is held open. */
  segmentSource(options?: SegmentSourceOptions): StoredSegments;
  /** The file-digest indexes of contexts, a `DigestIndexStore` of @oci-build/snapshot: what earlier scans knew. What
   * goes wrong with them is a warning and never an error. */
  readonly indexes: Pick<FileIndexStore, "read" | "write">;
  /** The images that have a name here, as the descriptors of `index.json`: the name is the annotation
   * `org.opencontainers.image.ref.name`. */
  images(): Promise<readonly Descriptor[]>;
  /** Gives an image a name, taking it from whichever had it. The blobs must be in the store. */
  tagImage(name: string, image: Descriptor): Promise<void>;
  /** Takes a name away; an unknown one is no error. The blobs stay. */
  untagImage(name: string): Promise<void>;
  /** The last build of a project that was logged, or undefined. */
  lastBuild(projectId: string): Promise<BuildLog | undefined>;
  /** Remembers a build as its project's last one. Values of keys that look like secrets are hidden. A log over the
   * limit is not kept, with a warning. */
  logBuild(log: BuildLog): Promise<void>;
  /** All projects that were built here, in no order. */
  projects(): Promise<readonly ProjectLog[]>;
  /** What a build wrote last to a place outside the store, if that was remembered and not forgotten since. */
  writtenOutput(path: string): Promise<WrittenOutput | undefined>;
  /** Remembers what was written to a place. What goes wrong is a warning. */
  rememberOutput(output: WrittenOutput): Promise<void>;
  /** When and why the record of a key was last collected, or undefined when it was not, or too long ago. A record may
   * have come since. */
  tombstone(key: Digest): Promise<Tombstone | undefined>;
  /** What lies in the store, whose it is and what it takes of the disk. Looks at every file, and reads every record. */
  usage(): Promise<CacheUsage>;
  /** Collects what a policy names. Builds may run meanwhile, and may begin: what they use stays. Two prunes run one
   * after the other. Ended at any moment, it leaves a good store. */
  prune(policy: PrunePolicy): Promise<PruneReport>;
  /** Keeps the store within a limit and free of what was not used for 60 days. For the end of each build: it does
   * nothing if that was done in the last day. Gives what each prune of it did. Default limit: 10 GB, or a tenth of the
   * disk if that is less. What goes wrong is a warning. */
  tidy(limit?: CacheLimit): Promise<readonly PruneReport[]>;
  /** Reads every file of the store and tells which are damaged. */
  verify(options?: VerifyOptions): Promise<VerifyReport>;
  /** Takes folders that outlive builds; new ones are made. All requests are met at once, so that no two callers wait for
   * each other in a circle; what is in use is waited for, across processes. Requests for one mount get one folder. What
   * is in use is not collected. */
  takeMounts(requests: readonly MountRequest[], use?: MountUse): Promise<MountLease>;
  /** Whether there is a folder for a mount, the first of them. */
  hasMount(mount: Pick<MountRequest, "id" | "variant">): Promise<boolean>;
  /** The folder in which an executor keeps unpacked layers, to be made when it is needed. */
  unpackedFolder(): Promise<string>;
  /** Does some work while no other process, and nothing else in this one, holds the lock of this name: lower-case
   * letters, digits and hyphens. The lock of a process that has ended is taken over. Not reentrant. */
  withLock<T>(name: string, work: () => Promise<T>): Promise<T>;
}
