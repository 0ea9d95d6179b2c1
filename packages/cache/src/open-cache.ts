import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { isOciBuildError, type OciBuildError, systemErrorCode } from "@oci-build/oci";
import { FileBlobStore } from "./blobs/file-blob-store.js";
import type { Cache } from "./cache.js";
import { tidyStore } from "./collect/tidy-store.js";
import { cacheError } from "./errors.js";
import { ImageIndexStore } from "./images/image-index-store.js";
import { FileIndexStore } from "./indexes/file-index-store.js";
import { LayerStore } from "./layers/layer-store.js";
import { takeLease } from "./lock/lease.js";
import { withLock } from "./lock/with-lock.js";
import { isWhole, mountFolder, mountKey } from "./mounts/mount-folder.js";
import { takeMounts } from "./mounts/take-mounts.js";
import { OutputStore } from "./outputs/output-store.js";
import { temporaryStoreFolder } from "./overlay/temporary-store.js";
import { UpperStore } from "./overlay/upper-store.js";
import { currentProcess } from "./process/process-identity.js";
import { ProjectStore } from "./projects/project-store.js";
import { RecordStore } from "./records/record-store.js";
import { StoredSegmentSource } from "./segments/stored-segment-source.js";
import { makeFolder } from "./store/make-folder.js";
import { prepareStore } from "./store/prepare-store.js";
import { removeTree } from "./store/remove-tree.js";
import type { OnCacheWarning, StoreContext } from "./store/store-context.js";
import { storeOwner } from "./store/store-owner.js";
import { storePaths } from "./store/store-paths.js";
import { sweepStore } from "./store/sweep-store.js";
import { TombstoneStore } from "./tombstones/tombstone-store.js";

/** How a cache is opened. */
export interface OpenCacheOptions {
  /** The cache's folder, made if need be unless `whenMissing` says otherwise. The store is a folder in it, named after its
   * format. */
  readonly dir: string;
  /** What to do where there is no store yet. `leave` makes none: all is as in an empty one, with the warning CACHE_MISSING,
   * and what is added goes to a temporary folder (`TMPDIR`), which is removed when the last lease is released. Only names
   * of images have no place then. Default: `make`. */
  readonly whenMissing?: "make" | "leave" | undefined;
  /** The clock, in milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Told of what costs work but not correctness, such as a damaged entry. Default: nobody. */
  readonly onWarning?: OnCacheWarning | undefined;
  /** Ends waiting for the locks of other processes. */
  readonly signal?: AbortSignal | undefined;
  /** Removes a folder with files of other users in it, as commands of RUN leave them where this user is not root. Asked
   * only when the system refuses this process. Default: such folders stay, with an error or a warning. */
  readonly removeFolder?: ((path: string) => Promise<void>) | undefined;
}

/** Opens the cache in a folder; makes it on first use, and removes what ended processes left in it.
 * There is nothing to close but the leases that are taken.
 *
 * A store that can only be read is opened too, with the warning CACHE_NOT_WRITABLE: it is read, and what a build adds
 * goes to a temporary folder (`TMPDIR`), which is removed when the last lease is released.
 * @throws OciBuildError CACHE_NOT_WRITABLE, CACHE_DISK_FULL, CACHE_IO_FAILED */
export async function openCache(options: OpenCacheOptions): Promise<Cache> {
  const paths = storePaths(resolve(options.dir));
  const store: StoreContext = {
    paths,
    owner: storeOwner(paths.root),
    self: currentProcess(),
    now: options.now ?? Date.now,
    onWarning: options.onWarning ?? (() => undefined),
    signal: options.signal,
    removeFolder: options.removeFolder,
  };
  if (options.whenMissing === "leave" && (await isMissing(paths.root))) {
    const { absentCache, missingStore } = await import("./collect/absent-cache.js");
    store.onWarning(missingStore(resolve(options.dir)));
    const dir = await temporaryStoreFolder(store.self);
    return openOverlay(dir, absentCache(cacheOf(store), store), { store, options });
  }
  try {
    await prepareStore(store);
  } catch (error) {
    if (!(await isOnlyReadable(store, error))) throw error;
    const dir = await temporaryStoreFolder(store.self);
    store.onWarning(readOnlyWarning(paths.root, dir));
    return openOverlay(dir, cacheOf(store), { store, options });
  }
  await sweepStore(store);
  return cacheOf(store);
}

/** What else may be wrong with it is told by what opens it. */
async function isMissing(root: string): Promise<boolean> {
  try {
    await access(root, constants.F_OK);
    return false;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return systemErrorCode(error) === "ENOENT";
  }
}

/** What a file system or its modes say of a store that may be read. */
const readOnlyProblems: ReadonlySet<unknown> = new Set(["EROFS", "EACCES", "EPERM"]);

async function isOnlyReadable({ paths }: StoreContext, error: unknown): Promise<boolean> {
  if (!isOciBuildError(error, "CACHE_NOT_WRITABLE")) return false;
  if (!readOnlyProblems.has(error.data["problem"])) return false;
  try {
    await Promise.all(
      [paths.layoutFile, paths.records, paths.blobs].map((path) => access(path, constants.R_OK)),
    );
    return true;
  } catch (problem) {
    if (systemErrorCode(problem) === undefined) throw problem;
    return false;
  }
}

/** What such a store cannot take goes to a temporary one. */
async function openOverlay(
  dir: string,
  lower: Cache,
  { store, options }: { readonly store: StoreContext; readonly options: OpenCacheOptions },
): Promise<Cache> {
  const { overlayCache } = await import("./overlay/overlay-cache.js");
  const upper = new UpperStore(
    dir,
    (upperDir) => openCache({ ...options, dir: upperDir, whenMissing: "make" }),
    (path) => removeTree(store, path),
  );
  return overlayCache(upper, lower);
}

function readOnlyWarning(path: string, dir: string): OciBuildError {
  return cacheError("CACHE_NOT_WRITABLE", {
    message: `the cache at ${path} can only be read; what this build adds goes to ${dir} until it ends`,
    data: { path, problem: "read-only" },
    hint: "Make the folder writable for this user, or choose another with --cache-dir.",
  });
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
    takeMounts: (requests, use = {}) => takeMounts(store, requests, use),
    hasMount: (mount) => isWhole(mountFolder(store, mountKey(mount), 0)),
    unpackedFolder: () => unpackedFolder(store),
    withLock: (name, work) => withLock(store, name, work),
  };
}

/** Who gets the folder makes it, unless root would make it in a store of somebody else. */
async function unpackedFolder(store: StoreContext): Promise<string> {
  const { unpacked } = store.paths;
  if (store.owner !== undefined) await makeFolder(store, unpacked);
  return unpacked;
}
