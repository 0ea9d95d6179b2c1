import { readdir } from "node:fs/promises";
import { systemErrorCode } from "@oci-build/oci";
import { cacheError } from "../errors.js";
import { makeFolder } from "../store/make-folder.js";
import { readSealed, type SealedKind, writeSealed } from "../store/sealed-file.js";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import type { StorePaths } from "../store/store-paths.js";

/** Tells an export from a cache that builds work in, which must not lose what one build does not use. */
const markerKind: SealedKind = { name: "export", version: 1, maxBytes: 4096 };

/** Marks a store as an export. */
export async function markExport(store: StoreContext): Promise<void> {
  await makeFolder(store, store.paths.temporary);
  const body = Buffer.from("A copy of what some builds used. It is replaced by the next export.\n");
  await writeSealed(store, store.paths.exportFile, { kind: markerKind, body, durability: "flush" });
}

/** What a folder is: an export of ours, nothing yet, or something else. `missing` folders can become exports, too. */
export type ExportState = "export" | "missing" | "foreign";

/** What there is at a place for an export.
 * @throws OciBuildError CACHE_IO_FAILED, CACHE_NOT_WRITABLE */
export async function exportState(dir: string, paths: StorePaths): Promise<ExportState> {
  try {
    await readSealed(paths.exportFile, markerKind);
    return "export";
  } catch (error) {
    // Another version, or a damaged file, is for its owner to remove.
    if (systemErrorCode(error) === undefined) return "foreign";
  }
  try {
    return (await readdir(dir)).length === 0 ? "missing" : "foreign";
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT") return "missing";
    if (code === "ENOTDIR") return "foreign";
    throw storeError(error, dir);
  }
}

/** The error for a folder that holds something else than an export. */
export function foreignFolder(path: string): Error {
  return cacheError("CACHE_EXPORT_FOREIGN", {
    message: `${path} holds something else than an exported cache`,
    data: { path },
    hint: "Name a folder that is empty, or not there yet.",
  });
}
