import type { Digest, OciBuildError } from "@oci-build/oci";
import { registryError } from "../errors.js";

/** Indexes nested deeper are refused; builders nest none. */
export const INDEX_DEPTH_MAX = 4;

/** The error for an index inside too many others. */
export function indexTooDeep(digest: Digest): OciBuildError {
  return registryError("REGISTRY_INDEX_TOO_DEEP", {
    message: `index ${digest} lies inside ${INDEX_DEPTH_MAX} others`,
    data: { digest, maxDepth: INDEX_DEPTH_MAX },
  });
}
