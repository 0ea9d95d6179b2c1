import type { StoredLayer } from "@oci-build/cache";
import type { ContentDigest } from "@oci-build/oci";

/** What a step gave. No layer and no content when it changed nothing. `createdSec` is when its record was made. */
export interface SolvedStep {
  readonly id: string;
  readonly status: "cached" | "executed";
  readonly createdSec: number;
  readonly contentDigest: ContentDigest | undefined;
  readonly layer: StoredLayer | undefined;
}
