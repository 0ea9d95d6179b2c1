import { rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import { ownedName } from "../store/temporary-name.js";

/** Windows refuses to move a file that somebody reads: it is in use. */
const busyCodes: ReadonlySet<string> = new Set(["EPERM", "EACCES", "EBUSY"]);

/** A file that was moved to where no look-up finds it. Should this process end, the next one that opens the store
 * removes it. */
export interface TakenFile {
  readonly remove: () => Promise<void>;
}

/** Takes a file of the store away, if its time is still one at which nobody uses it. The time is looked at *after* the
 * move: who uses a file marks it and misses when it is gone, so that a use before the move is seen here, and one after
 * it fails there. Gives undefined when the file stays, or was not there. */
export async function takeAway(
  store: StoreContext,
  path: string,
  isFree: (mtimeMs: number) => boolean,
): Promise<TakenFile | undefined> {
  const aside = join(store.paths.temporary, ownedName(store.self));
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" || isBusy(error)) return undefined;
    throw storeError(error, path);
  }
  try {
    if (isFree((await stat(aside)).mtimeMs)) return { remove: () => rm(aside, { force: true }) };
    // Something equal may have come in its place; then one of both goes.
    await rename(aside, path);
    return undefined;
  } catch (error) {
    throw storeError(error, path);
  }
}

function isBusy(error: unknown): boolean {
  return process.platform === "win32" && busyCodes.has(systemErrorCode(error) ?? "");
}
