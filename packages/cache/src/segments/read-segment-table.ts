import { rm } from "node:fs/promises";
import { type Digest, systemErrorCode } from "@oci-build/oci";
import { openSegments, type SegmentTable } from "../layers/segment-table.js";
import { corrupt, readSealed, type SealedKind } from "../store/sealed-file.js";
import type { StoreContext } from "../store/store-context.js";
import { digestPath } from "../store/store-paths.js";
import { readOrWarn } from "../store/warn-damage.js";

/** About 540,000 segments: 130 GiB of layer at the least, and most often 500. */
export const SEGMENT_TABLE_MAX_BYTES: number = 64 * 1024 * 1024;

/** Version 1 was JSON; version 2 had no digests of files' beginnings. */
export const segmentsKind: SealedKind = { name: "segments", version: 3, maxBytes: SEGMENT_TABLE_MAX_BYTES };

/** The segment table of a blob; undefined when it is absent, or damaged, with a warning. A damaged one is removed: many
 * blobs are no longer any step's, and their tables, which nothing writes again, would be told of by every build. */
export function readSegmentTable(store: StoreContext, digest: Digest): Promise<SegmentTable | undefined> {
  const path = digestPath(store.paths.segments, digest);
  return readOrWarn(store, path, async () => {
    try {
      return await soundSegmentTable(store, digest);
    } catch (error) {
      if (systemErrorCode(error) === undefined) await removeIfPossible(path);
      throw error;
    }
  });
}

async function removeIfPossible(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    // A store that can only be read keeps what is damaged.
    if (systemErrorCode(error) === undefined) throw error;
  }
}

/** The segment table of a blob.
 * @throws OciBuildError CACHE_ENTRY_CORRUPT, CACHE_ENTRY_TOO_LARGE, RangeError, system errors as they are */
export async function soundSegmentTable({ paths }: StoreContext, digest: Digest): Promise<SegmentTable> {
  const path = digestPath(paths.segments, digest);
  const table = openSegments(await readSealed(path, segmentsKind));
  if (table.digest !== digest) throw corrupt(path, "it is the table of another blob");
  return table;
}
