import { resolve } from "node:path";
import { FileBlobStore } from "./blobs/file-blob-store.js";
import type { Cache } from "./cache.js";
import { tidyStore } from "./collect/tidy-store.js";
import { ImageIndexStore } from "./images/image-index-store.js";
import { FileIndexStore } from "./indexes/file-index-store.js";
import { LayerStore } from "./layers/layer-store.js";
import { takeLease } from "./lock/lease.js";
import { withLock } from "./lock/with-lock.js";
import { OutputStore } from "./outputs/output-store.js";
import { currentProcess } from "./process/process-identity.js";
import { ProjectStore } from "./projects/project-store.js";
import { RecordStore } from "./records/record-store.js";
import { StoredSegmentSource } from "./segments/stored-segment-source.js";
import { prepareStore } from "./store/prepare-store.js";
import type { OnCacheWarning, StoreContext } from "./store/store-context.js";
import { storePaths } from "./store/store-paths.js";
import { sweepStore } from "./store/sweep-store.js";
import { TombstoneStore } from "./tombstones/tombstone-store.js";

/** How a cache is opened. */
export interface OpenCacheOptions {
  /** The cache's folder, made if need be. The store is a folder in it, named after its format. */
  readonly dir: string;
  /** The clock, in milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Told of what costs work but not correctness, such as a damaged entry. Default: nobody. */
  readonly onWarning?: OnCacheWarning | undefined;
  /** Ends waiting for the locks of other processes. */
  readonly signal?: AbortSignal | undefined;
}

/** Opens the cache in a folder; makes it on first use, and removes what ended processes left in it.
 * There is nothing to close but the leases that are taken.
 * @throws OciBuildError CACHE_NOT_WRITABLE, CACHE_DISK_FULL, CACHE_IO_FAILED */
export async function openCache(options: OpenCacheOptions): Promise<Cache> {
  const store: StoreContext = {
    paths: storePaths(resolve(options.dir)),
    self: currentProcess(),
    now: options.now ?? Date.now,
    onWarning: options.onWarning ?? (() => undefined),
    signal: options.signal,
  };
  await prepareStore(store);
  await sweepStore(store);
  return cacheOf(store);
}

function cacheOf(store: StoreContext): Cache {
  const blobs = new FileBlobStore(store);
  const layers = new LayerStore(store, blobs);
  const records = new RecordStore(store, layers);
  const images = new ImageIndexStore(store);
  const projects = new ProjectStore(store);
  const outputs = new OutputStore(store);
  const tombstones = new TombstoneStore(store);
  return {
    root: store.paths.root,
    blobs,
    lease: () => takeLease(store),
    lookUp: (key) => records.lookUp(key),
    record: (key, result, mode = "keep") => records.record(key, result, mode),
    layer: (blob) => layers.read(blob),
    writeLayer: (write) => layers.write(write),
    tree: (diffId) => layers.readTree(diffId),
    writeTree: (tree) => layers.writeTree(tree),
    segmentSource: (options = {}) => new StoredSegmentSource(store, options),
    indexes: new FileIndexStore(store),
    images: () => images.list(),
    tagImage: (name, image) => images.tag(name, image),
    untagImage: (name) => images.untag(name),
    lastBuild: (projectId) => projects.lastBuild(projectId),
    logBuild: (log) => projects.log(log),
    projects: () => projects.list(),
    writtenOutput: (path) => outputs.find(path),
    rememberOutput: (output) => outputs.remember(output),
    tombstone: (key) => tombstones.find(key),
    // Loaded when asked for: most builds have no use for it.
    usage: async () => (await import("./collect/usage.js")).readUsage(store),
    prune: async (policy) => (await import("./collect/prune.js")).prune(store, policy),
    verify: async (options = {}) => (await import("./verify/verify-store.js")).verifyStore(store, options),
    tidy: (limit) => tidyStore(store, limit),
    withLock: (name, work) => withLock(store, name, work),
  };
}
