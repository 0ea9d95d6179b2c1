import { resolve } from "node:path";
import type { ContentDigest, Digest, SegmentSource } from "@oci-build/oci";
import type { StoredLayer } from "../blob-store.js";
import type { Cache } from "../cache.js";
import { hideValues } from "../keys/hide-secrets.js";
import type { StepKey } from "../keys/step-key.js";
import type { WriteLayer } from "../layers/layer-store.js";
import { writeSharing } from "../layers/write-sharing.js";
import { openCache } from "../open-cache.js";
import { currentProcess } from "../process/process-identity.js";
import type { RecordedLayer, StepRecord } from "../records/step-record.js";
import type { OnCacheWarning, StoreContext } from "../store/store-context.js";
import { storeOwner } from "../store/store-owner.js";
import { storePaths } from "../store/store-paths.js";
import { exportState, foreignFolder, markExport } from "./export-marker.js";
import { sweepExport } from "./sweep-export.js";

/** How a cache is exported. */
export interface ExportOptions {
  /** The folder: an earlier export, an empty folder, or none yet. */
  readonly dir: string;
  /** What becomes of what earlier exports left there. */
  readonly others: "remove" | "keep";
  readonly onWarning?: OnCacheWarning | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Something to be exported that has no record in the cache, such as a folder. */
export interface ExportedLayer {
  readonly stepName: string;
  readonly form: string;
  /** Gives the layer, with segments that an earlier export may have. */
  readonly write: (reuse: SegmentSource) => WriteLayer;
  readonly digestOf: (layer: StoredLayer) => ContentDigest;
}

/** An export that is being made. */
export interface CacheExport {
  /** Copies what a cache has recorded under a key, with those of its layers that `uses` names; what is gone meanwhile is
   * left out. Values of variables are replaced by their digests. */
  add(key: Digest, cache: Cache, uses: (layer: RecordedLayer) => boolean): Promise<void>;
  /** Adds a layer under a key. */
  addLayer(key: StepKey, layer: ExportedLayer): Promise<void>;
}

/** Makes sure that a folder can be exported to.
 * @throws OciBuildError CACHE_EXPORT_FOREIGN, CACHE_IO_FAILED, CACHE_NOT_WRITABLE */
export async function checkExport(dir: string): Promise<void> {
  const folder = resolve(dir);
  if ((await exportState(folder, storePaths(folder))) === "foreign") throw foreignFolder(folder);
}

/** Exports what `work` adds, and removes what an earlier export has beyond that, when all is there. Whenever it ends, the
 * folder holds what was there before, or what was added, or both; exports to one folder are made one after the other.
 * @throws OciBuildError CACHE_EXPORT_FOREIGN, CACHE_DISK_FULL, CACHE_NOT_WRITABLE, CACHE_IO_FAILED */
export async function exportCache(
  { dir, others, onWarning, signal }: ExportOptions,
  work: (target: CacheExport) => Promise<void>,
): Promise<{ readonly records: number }> {
  await checkExport(dir);
  const paths = storePaths(resolve(dir));
  const store: StoreContext = {
    ...{ paths, owner: storeOwner(paths.root), self: currentProcess(), now: Date.now },
    ...{ onWarning: onWarning ?? (() => undefined), signal, removeFolder: undefined },
  };
  // First of all, so that one that ends here is still known as an export.
  await markExport(store);
  const target = await openCache({ dir, onWarning, signal });
  return target.withLock("export", async () => {
    const keys = new Set<Digest>();
    await work({
      add: async (key, cache, uses) => {
        signal?.throwIfAborted();
        const record = await cache.lookUp({ digest: key, fields: [] });
        if (record !== undefined && (await copyRecord(record, uses, { from: cache, to: target })))
          keys.add(key);
      },
      addLayer: async (key, layer) => {
        await addLayer(key, layer, target);
        keys.add(key.digest);
      },
    });
    if (others === "remove") await sweepExport(store, keys);
    return { records: keys.size };
  });
}

async function copyRecord(
  record: StepRecord,
  uses: (layer: RecordedLayer) => boolean,
  { from, to }: { readonly from: Cache; readonly to: Cache },
): Promise<boolean> {
  const { stepName, createdSec, contentDigest } = record;
  const key = { digest: record.key, fields: hideValues(record.fields) };
  if (contentDigest === undefined) {
    await to.record(key, { stepName, createdSec }, "replace");
    return true;
  }
  let mode: "replace" | "keep" = "replace";
  for (const { form, ...blob } of record.layers.filter(uses)) {
    const layer = await from.layer(blob);
    if (layer === undefined) continue;
    if ((await to.layer(blob)) === undefined) await copyLayer(layer, from, to);
    await to.record(key, { stepName, createdSec, content: { digest: contentDigest, form, layer } }, mode);
    mode = "keep";
  }
  return mode === "keep";
}

async function copyLayer(layer: StoredLayer, from: Cache, to: Cache): Promise<void> {
  await to.writeLayer(async (sink) => {
    for await (const chunk of from.blobs.read(layer.digest)) await sink(chunk);
    return { ...layer, work: NO_WORK };
  });
}

const NO_WORK = { segmentsReused: 0, segmentsCompressed: 0, bytesReused: 0, bytesCompressed: 0 };

async function addLayer(
  key: StepKey,
  { stepName, form, write, digestOf }: ExportedLayer,
  target: Cache,
): Promise<void> {
  const layer = await writeSharing(target, write);
  const content = { digest: digestOf(layer), form, layer };
  await target.record({ ...key, fields: hideValues(key.fields) }, { stepName, content }, "replace");
}
