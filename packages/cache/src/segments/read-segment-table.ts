import type { Digest } from "@oci-build/oci";
import { openSegments, type SegmentTable } from "../layers/segment-table.js";
import { corrupt, readSealed, type SealedKind } from "../store/sealed-file.js";
import type { StoreContext } from "../store/store-context.js";
import { digestPath } from "../store/store-paths.js";
import { readOrWarn } from "../store/warn-damage.js";

/** About 540,000 segments: 130 GiB of layer at the least, and most often 500. */
export const SEGMENT_TABLE_MAX_BYTES: number = 64 * 1024 * 1024;

/** Version 1 was JSON; version 2 had no digests of files' beginnings. */
export const segmentsKind: SealedKind = { name: "segments", version: 3, maxBytes: SEGMENT_TABLE_MAX_BYTES };

/** The segment table of a blob; undefined when it is absent, or damaged, with a warning. */
export function readSegmentTable(store: StoreContext, digest: Digest): Promise<SegmentTable | undefined> {
  return readOrWarn(store, digestPath(store.paths.segments, digest), () => soundSegmentTable(store, digest));
}

/** The segment table of a blob.
 * @throws OciBuildError CACHE_ENTRY_CORRUPT, CACHE_ENTRY_TOO_LARGE, RangeError, system errors as they are */
export async function soundSegmentTable({ paths }: StoreContext, digest: Digest): Promise<SegmentTable> {
  const path = digestPath(paths.segments, digest);
  const table = openSegments(await readSealed(path, segmentsKind));
  if (table.digest !== digest) throw corrupt(path, "it is the table of another blob");
  return table;
}
