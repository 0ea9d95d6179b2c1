import { isOciBuildError, systemErrorCode } from "@oci-build/oci";
import { corrupt } from "./sealed-file.js";
import type { StoreContext } from "./store-context.js";
import { storeError } from "./store-error.js";

/** Reads an entry; an absent one is undefined, and a damaged or unreadable one is undefined with a warning: the build
 * makes it again. */
export async function readOrWarn<T>(
  store: StoreContext,
  path: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") store.onWarning(damageOf(error, path));
    return undefined;
  }
}

function damageOf(error: unknown, path: string): ReturnType<typeof corrupt> {
  if (isOciBuildError(error, "CACHE_ENTRY_CORRUPT")) return error;
  const cause = systemErrorCode(error) === undefined ? error : storeError(error, path);
  return corrupt(path, cause instanceof Error ? cause.message : "unreadable", cause);
}
