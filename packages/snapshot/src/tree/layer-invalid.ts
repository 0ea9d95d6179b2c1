import { snapshotError } from "../errors.js";

/** The error for a layer that cannot be applied. */
export function layerInvalid(path: string, problem: string): Error {
  return snapshotError("SNAPSHOT_LAYER_INVALID", {
    message: `layer entry ${JSON.stringify(path)} cannot be applied: ${problem}`,
    data: { path, problem },
  });
}
