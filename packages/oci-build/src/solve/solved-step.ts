import type { StoredLayer } from "@oci-build/cache";

/** What a step gave. No layer when it changed nothing. `createdSec` is when its record was made. */
export interface SolvedStep {
  readonly id: string;
  readonly status: "cached" | "executed";
  readonly createdSec: number;
  readonly layer: StoredLayer | undefined;
}
