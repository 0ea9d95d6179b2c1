import type { StoreContext } from "../store/store-context.js";
import type { StoreFile } from "../store/store-files.js";
import { takeAway } from "./take-away.js";

/** Files that are handled while a lock is held: builds wait for it to record what they made. */
const BATCH_FILES = 128;

/** A list in batches of which each is done under a lock. */
export function batchesOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / BATCH_FILES);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * BATCH_FILES, (index + 1) * BATCH_FILES),
  );
}

/** Collects files that nothing refers to, unless they have changed; gives those that went. */
export async function collectFiles(
  store: StoreContext,
  files: readonly StoreFile[],
): Promise<readonly StoreFile[]> {
  const removed: StoreFile[] = [];
  for (const file of files) {
    const taken = await takeAway(store, file.path, (mtimeMs) => mtimeMs === file.mtimeMs);
    if (taken === undefined) continue;
    await taken.remove();
    removed.push(file);
  }
  return removed;
}
