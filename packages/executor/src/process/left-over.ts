import { stat } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { ownerState } from "./owned-name.js";

/** A folder whose owner cannot be seen from here (it was of another boot, or is of another machine that shares the disk)
 * is left over when it is as old as this. */
const STALE_AFTER_MS = 24 * 3_600_000;

/** Whether nobody works any more with a folder of `parent` whose name `ownedName` made (behind `prefix`). */
export async function isLeftOver(parent: string, name: string, prefix = ""): Promise<boolean> {
  const state = ownerState(name.slice(prefix.length));
  if (state !== "unknown") return state === "dead";
  try {
    return (await stat(join(parent, name))).mtimeMs < Date.now() - STALE_AFTER_MS;
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    return false;
  }
}
