import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { systemErrorCode } from "@oci-build/oci";
import { cacheError } from "../errors.js";
import { foreignFile } from "./file-owner.js";
import type { StoreContext } from "./store-context.js";

/** Whether a folder is one that this user may not look into, as root keeps what its commands left: their files may be
 * programs that act as root. It is told of. */
export async function isForeignFolder(store: StoreContext, path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK | constants.X_OK);
    return false;
  } catch (error) {
    const uid = systemErrorCode(error) === "EACCES" ? foreignFile(path)?.uid : undefined;
    if (uid === undefined) return false;
    store.onWarning(
      cacheError("CACHE_FOLDER_FOREIGN", {
        message: `the cache folder ${path} belongs to user ${uid}: it is neither counted nor collected`,
        data: { path, uid },
        hint: "Run the command as that user, too.",
      }),
    );
    return true;
  }
}
