import { dirname } from "node:path";
import { withLock } from "../lock/with-lock.js";
import type { StoreContext } from "../store/store-context.js";
import type { StoreFile } from "../store/store-files.js";
import { batchesOf } from "./collect-files.js";
import { listImages } from "./image-parts.js";
import { readProtection } from "./protection.js";
import { listRecords, type RecordEntry } from "./record-entries.js";
import { referencesOf } from "./references.js";
import { type TakenFile, takeAway } from "./take-away.js";

interface TakenPart {
  readonly part: StoreFile;
  readonly file: TakenFile;
}

/** Collects those of some blobs, tables and trees that nothing needs, and gives them: the fifth step of `prune`.
 * `records` are those that are known already. */
export async function collectParts(
  store: StoreContext,
  parts: ReadonlyMap<string, StoreFile>,
  records: readonly RecordEntry[],
): Promise<readonly StoreFile[]> {
  let known = records;
  const removed: StoreFile[] = [];
  for (const batch of batchesOf(blobsLast(store, [...parts.values()]))) {
    const taken = await withLock(store, "records", async () => {
      known = await listRecords(store, known);
      return takeParts(store, batch, known);
    });
    await Promise.all(taken.map(({ file }) => file.remove()));
    removed.push(...taken.map(({ part }) => part));
  }
  return removed;
}

/** A layer is no layer any more before its bytes go. */
function blobsLast({ paths }: StoreContext, parts: readonly StoreFile[]): readonly StoreFile[] {
  const isBlob = ({ path }: StoreFile): boolean => dirname(path) === paths.blobs;
  return [...parts.filter((part) => !isBlob(part)), ...parts.filter(isBlob)];
}

async function takeParts(
  store: StoreContext,
  batch: readonly StoreFile[],
  records: readonly RecordEntry[],
): Promise<readonly TakenPart[]> {
  const { youngSinceMs } = await readProtection(store);
  const references = referencesOf(records, await listImages(store));
  const taken: TakenPart[] = [];
  for (const part of batch) {
    if (references.has(part.path)) continue;
    const file = await takeAway(store, part.path, (mtimeMs) => mtimeMs < youngSinceMs);
    if (file !== undefined) taken.push({ part, file });
  }
  return taken;
}
