import type { Cache } from "../cache.js";
import type { StepKey } from "../keys/step-key.js";
import type { Lease } from "../lock/lease.js";
import type { RecordMode, StepRecord, StepResult } from "../records/step-record.js";
import { OverlayBlobStore } from "./overlay-blob-store.js";
import type { UpperStore } from "./upper-store.js";

/** Two stores as one: the lower one is read, and everything that is written goes to the upper one, which is there for
 * as long as a lease is held. What looks after a store (usage, prune, verify) is about the lower one. */
export function overlayCache(upper: UpperStore, lower: Cache): Cache {
  const blobs = new OverlayBlobStore(upper, lower.blobs);
  const layer: Cache["layer"] = async (blob) =>
    (await upper.find((cache) => cache.layer(blob))) ??
    (blobs.isForgotten(blob.digest) ? undefined : lower.layer(blob));
  return {
    ...lower,
    blobs,
    lease: leasesOf(upper),
    lookUp: async (key) => (await upper.find((cache) => cache.lookUp(key))) ?? lower.lookUp(key),
    record: (key, result, mode = "keep") => record({ upper, lower, layer }, { key, result, mode }),
    layer,
    writeLayer: async (write) => (await upper.opened()).writeLayer(write),
    tree: async (diffId) => (await upper.find((cache) => cache.tree(diffId))) ?? lower.tree(diffId),
    writeTree: async (tree) => (await upper.opened()).writeTree(tree),
    indexes: {
      read: async (name) =>
        (await upper.find(({ indexes }) => indexes.read(name))) ?? lower.indexes.read(name),
      write: async (name, bytes) => (await upper.opened()).indexes.write(name, bytes),
    },
    lastBuild: async (id) => (await upper.find((cache) => cache.lastBuild(id))) ?? lower.lastBuild(id),
    logBuild: async (log) => (await upper.opened()).logBuild(log),
    writtenOutput: async (path) =>
      (await upper.find((cache) => cache.writtenOutput(path))) ?? lower.writtenOutput(path),
    rememberOutput: async (output) => (await upper.opened()).rememberOutput(output),
    tidy: () => Promise.resolve([]),
    takeMounts: async (requests, use) => (await upper.opened()).takeMounts(requests, use),
    hasMount: async (mount) => (await upper.opened()).hasMount(mount),
    unpackedFolder: async () => (await upper.opened()).unpackedFolder(),
    withLock: async (name, work) => (await upper.opened()).withLock(name, work),
  };
}

/** The upper store goes with the last lease. */
function leasesOf(upper: UpperStore): Cache["lease"] {
  let held = 0;
  return async (): Promise<Lease> => {
    held += 1;
    const leave = async (): Promise<void> => {
      held -= 1;
      if (held === 0) await upper.remove();
    };
    const lease = await upperLease(upper, leave);
    let state: "held" | "released" = "held";
    const release = async (): Promise<void> => {
      if (state === "released") return;
      state = "released";
      await lease.release();
      await leave();
    };
    return { release, [Symbol.asyncDispose]: release };
  };
}

/** What could be made of a store on a disk that is full stays no longer than the attempt. */
async function upperLease(upper: UpperStore, leave: () => Promise<void>): Promise<Lease> {
  try {
    return await (await upper.opened()).lease();
  } catch (error) {
    await leave();
    throw error;
  }
}

interface Recording {
  readonly key: StepKey;
  readonly result: StepResult;
  readonly mode: RecordMode;
}

/** As `Cache.record` has it: a record of the lower store stands while any of its content is left, and a new form of the
 * same content is recorded above it with its time. */
async function record(
  { upper, lower, layer }: Pick<Cache, "layer"> & { readonly upper: UpperStore; readonly lower: Cache },
  { key, result, mode }: Recording,
): Promise<StepRecord> {
  const above = await upper.opened();
  const standing = mode === "replace" ? undefined : await lower.lookUp(key);
  if (standing === undefined || (await above.lookUp(key)) !== undefined)
    return above.record(key, result, mode);
  const { content } = result;
  if (content === undefined) return standing;
  const found = await Promise.all(standing.layers.map(layer));
  const sound = standing.layers.filter((_, index) => found[index] !== undefined);
  const isSame = standing.contentDigest === content.digest;
  const stands = isSame ? sound.some(({ form }) => form === content.form) : sound.length > 0;
  if (stands) return standing;
  const createdSec = isSame ? standing.createdSec : result.createdSec;
  return above.record(key, { ...result, createdSec }, mode);
}
