import type { Cache } from "@oci-build/cache";
import { type Digest, isOciBuildError, parseDigest } from "@oci-build/oci";
import type { EmitEvent } from "../events/build-event.js";

const DAMAGE_CODES = ["CACHE_BLOB_CORRUPT", "CACHE_BLOB_MISSING", "LAYER_SEGMENT_CORRUPT"] as const;

/** What repairing needs. `repeatable` is false when some of the result has left already, as down a pipe. */
export interface RepairContext {
  readonly cache: Cache;
  readonly emit: EmitEvent;
  readonly repeatable: boolean;
}

/** Does some work that reads the cache's blobs. A blob that proves damaged is forgotten, and the work done again: then
 * the step that made it misses and makes it anew. Each blob has one chance. */
export async function repairBlobs<T>(work: () => Promise<T>, context: RepairContext): Promise<T> {
  const repaired = new Set<Digest>();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const digest = damagedBlob(error);
      if (digest === undefined) throw error;
      await context.cache.blobs.forget(digest);
      if (!context.repeatable || repaired.has(digest)) throw error;
      repaired.add(digest);
      const message = `the cache's blob ${digest} was damaged; what needs it is built again`;
      context.emit({ type: "warning", code: "CACHE_BLOB_CORRUPT", message });
    }
  }
}

/** The blob that an error says is damaged. */
function damagedBlob(error: unknown): Digest | undefined {
  if (!isOciBuildError(error) || !DAMAGE_CODES.some((code) => code === error.code)) return undefined;
  const { digest } = error.data;
  return typeof digest === "string" ? parseDigest(digest) : undefined;
}
