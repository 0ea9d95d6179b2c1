import type { SegmentSource } from "@oci-build/oci";
import type { StoredLayer } from "../blob-store.js";
import type { Cache } from "../cache.js";
import type { WriteLayer } from "./layer-store.js";

/** Stores a layer that takes segments over from those that are in the store: `write` gets them as `writeLayer`'s option
 * `reuse`. They are let go of before the blob gets its name, since Windows replaces no file that is open.
 * @throws OciBuildError as `Cache.writeLayer` */
export function writeSharing(
  cache: Pick<Cache, "segmentSource" | "writeLayer">,
  write: (reuse: SegmentSource) => WriteLayer,
): Promise<StoredLayer> {
  return cache.writeLayer(async (sink, sinkDigest) => {
    const reuse = cache.segmentSource();
    try {
      return await write(reuse)(sink, sinkDigest);
    } finally {
      await reuse[Symbol.asyncDispose]();
    }
  });
}
