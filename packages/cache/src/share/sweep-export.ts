import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestHex } from "@oci-build/oci";
import { readRecordFile } from "../records/record-store.js";
import type { StoreContext } from "../store/store-context.js";
import { readFolder } from "../store/store-files.js";
import { digestPath } from "../store/store-paths.js";
import { readOrWarn } from "../store/warn-damage.js";

/** Removes what an export does not need for the records of some keys. Records go first, then what they refer to, so that
 * what is there is whole at any moment. */
export async function sweepExport(store: StoreContext, keys: ReadonlySet<Digest>): Promise<void> {
  const { records, trees, segments, blobs } = store.paths;
  await removeOthers(records, new Set(Array.from(keys, digestHex)));
  const [blobNames, treeNames] = [new Set<string>(), new Set<string>()];
  for (const key of keys) {
    const path = digestPath(records, key);
    const record = await readOrWarn(store, path, () => readRecordFile(path, key));
    for (const { digest, diffId } of record?.layers ?? []) {
      blobNames.add(digestHex(digest));
      treeNames.add(digestHex(diffId));
    }
  }
  await removeOthers(trees, treeNames);
  await removeOthers(segments, blobNames);
  await removeOthers(blobs, blobNames);
}

async function removeOthers(folder: string, kept: ReadonlySet<string>): Promise<void> {
  for (const name of await readFolder(folder)) {
    if (!kept.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
