import { type DiffId, type Digest, isOciBuildError, parseDigest, systemErrorCode } from "@oci-build/oci";
import { readRecordFile } from "../records/record-store.js";
import type { RecordedImage, RecordedLayer } from "../records/step-record.js";
import { JsonShapeError } from "../store/json-reader.js";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import { listFiles, type StoreFile } from "../store/store-files.js";
import { digestPath, type StorePaths } from "../store/store-paths.js";

const recordName = /^[0-9a-f]{64}$/;

/** A record as collection sees it. The time of its file is when it was last used. */
export interface RecordEntry {
  readonly key: Digest;
  readonly file: StoreFile;
  readonly stepName: string;
  readonly createdSec: number;
  readonly layers: readonly RecordedLayer[];
  /** The files of its layers, or of the image that it is about: blobs, segment tables and trees. */
  readonly partPaths: readonly string[];
}

/** All records. Those that `known` has with the same time are not read again. A damaged one needs no layers, since no
 * look-up ever finds it. */
export async function listRecords(
  store: StoreContext,
  known: readonly RecordEntry[] = [],
): Promise<readonly RecordEntry[]> {
  const knownByName = new Map(known.map((entry) => [entry.file.name, entry]));
  const entries: RecordEntry[] = [];
  for (const file of await listFiles(store.paths.records)) {
    if (!recordName.test(file.name)) continue;
    const same = knownByName.get(file.name);
    const isSame = same?.file.mtimeMs === file.mtimeMs;
    const entry = isSame ? same : await recordEntry(store.paths, file);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** The record in a file, or undefined when it has gone.
 * @throws OciBuildError CACHE_NOT_WRITABLE, CACHE_IO_FAILED: who cannot read a record may not collect its layers */
async function recordEntry(paths: StorePaths, file: StoreFile): Promise<RecordEntry | undefined> {
  const key = parseDigest(`sha256:${file.name}`);
  try {
    const { stepName, createdSec, layers, image } = await readRecordFile(file.path, key);
    const ofLayers = layers.flatMap((layer) => layerPaths(paths, layer));
    const partPaths = [...new Set([...ofLayers, ...(image === undefined ? [] : imagePaths(paths, image))])];
    return { key, file, stepName, createdSec, layers, partPaths };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    if (!isOciBuildError(error) && !(error instanceof JsonShapeError)) throw storeError(error, file.path);
    const createdSec = Math.floor(file.mtimeMs / 1000);
    return { key, file, stepName: "", createdSec, layers: [], partPaths: [] };
  }
}

/** A layer of somebody else's is there as it was fetched and, where files were read out of it, as its tar. */
function imagePaths(paths: StorePaths, { documents, layers }: RecordedImage): readonly string[] {
  return [
    ...documents.map((digest) => digestPath(paths.blobs, digest)),
    ...layers.flatMap(({ digest, diffId }) => [
      ...layerPaths(paths, { digest, diffId }),
      ...layerPaths(paths, { digest: diffId, diffId }),
    ]),
  ];
}

function layerPaths(
  paths: StorePaths,
  { digest, diffId }: { readonly digest: Digest | DiffId; readonly diffId: DiffId },
): readonly string[] {
  return [
    digestPath(paths.segments, digest),
    digestPath(paths.trees, diffId),
    digestPath(paths.blobs, digest),
  ];
}
