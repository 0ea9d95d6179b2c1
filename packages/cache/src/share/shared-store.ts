import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type DiffId,
  type Digest,
  decompressedStream,
  isOciBuildError,
  type LayerSegment,
  mediaTypes,
  systemErrorCode,
} from "@oci-build/oci";
import type { BlobStore, LayerBlob } from "../blob-store.js";
import { FileBlobStore } from "../blobs/file-blob-store.js";
import { cacheError } from "../errors.js";
import type { StepKey } from "../keys/step-key.js";
import { listSegments, type SegmentTable } from "../layers/segment-table.js";
import { currentProcess } from "../process/process-identity.js";
import { readRecordFile } from "../records/record-store.js";
import type { StepRecord } from "../records/step-record.js";
import { soundSegmentTable } from "../segments/read-segment-table.js";
import { corrupt } from "../store/sealed-file.js";
import type { OnCacheWarning, StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import { digestPath, storePaths } from "../store/store-paths.js";
import { readOrWarn } from "../store/warn-damage.js";
import { exportState } from "./export-marker.js";

/** How an export is opened for reading. */
export interface OpenImportOptions {
  /** The folder that was exported to. */
  readonly dir: string;
  /** Told of what is damaged, and of a folder that holds no export (CACHE_IMPORT_UNUSABLE). Default: nobody. */
  readonly onWarning?: OnCacheWarning | undefined;
}

/** A layer of an export, read where it lies. */
export interface ImportedLayer {
  readonly diffId: DiffId;
  /** The uncompressed tar. Its diffId is for the reader to check. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** What a build has exported, for reading: nothing of it is ever changed. What is damaged counts as absent, with a
 * warning. */
export interface CacheImport {
  /** The folder. */
  readonly dir: string;
  readonly blobs: Pick<BlobStore, "read">;
  /** What it says that a key gave. */
  record(key: StepKey): Promise<StepRecord | undefined>;
  /** The segments of a layer's blob.
   * @throws OciBuildError CACHE_ENTRY_CORRUPT, also where there is no table */
  segments(blob: LayerBlob): Promise<readonly LayerSegment[]>;
  /** The first layer of a key's record. */
  layer(key: StepKey): Promise<ImportedLayer | undefined>;
}

/** Opens an export. A folder that is not there, or holds something else, gives undefined and a warning: the first build
 * of a pipeline has nothing to import.
 * @throws OciBuildError CACHE_IO_FAILED, CACHE_NOT_WRITABLE where the folder cannot be read */
export async function openImport({
  dir,
  onWarning = () => undefined,
}: OpenImportOptions): Promise<CacheImport | undefined> {
  const paths = storePaths(resolve(dir));
  const state = await exportState(dir, paths);
  if (state !== "export") {
    onWarning(unusable(dir, state === "missing" ? "there is nothing" : "it holds no exported cache"));
    return undefined;
  }
  await readable(paths.records);
  const context = { now: Date.now, signal: undefined, owner: undefined, removeFolder: undefined };
  return importOf(dir, { ...context, paths, onWarning, self: currentProcess() });
}

function importOf(dir: string, store: StoreContext): CacheImport {
  const blobs = new FileBlobStore(store);
  const record = (key: StepKey): Promise<StepRecord | undefined> => readRecord(store, key.digest);
  return {
    dir,
    blobs,
    record,
    segments: async ({ digest }) => listSegments(await readTable(store, digest)),
    layer: async (key) => {
      const [layer] = (await record(key))?.layers ?? [];
      return layer && { diffId: layer.diffId, open: () => uncompressed(blobs, layer) };
    },
  };
}

function readRecord(store: StoreContext, key: Digest): Promise<StepRecord | undefined> {
  const path = digestPath(store.paths.records, key);
  return readOrWarn(store, path, () => readRecordFile(path, key));
}

async function readTable(store: StoreContext, digest: Digest): Promise<SegmentTable> {
  try {
    return await soundSegmentTable(store, digest);
  } catch (error) {
    if (isOciBuildError(error, "CACHE_ENTRY_CORRUPT")) throw error;
    const path = digestPath(store.paths.segments, digest);
    throw corrupt(path, error instanceof Error ? error.message : "unreadable", error);
  }
}

/** The tar of a layer. */
function uncompressed(
  blobs: Pick<BlobStore, "read">,
  { digest, mediaType }: LayerBlob,
): AsyncIterable<Uint8Array> {
  const bytes = blobs.read(digest);
  return mediaType === mediaTypes.layer ? bytes : decompressedStream(bytes);
}

async function readable(folder: string): Promise<void> {
  try {
    await access(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw storeError(error, folder);
  }
}

function unusable(path: string, problem: string): ReturnType<typeof cacheError> {
  return cacheError("CACHE_IMPORT_UNUSABLE", {
    message: `nothing can be imported from ${path}: ${problem}`,
    data: { path, problem },
  });
}
