import type { CacheImport } from "@oci-build/cache";
import type { HostFolders } from "@oci-build/executor";
import { isOciBuildError } from "@oci-build/oci";
import type { EmitEvent } from "../events/build-event.js";
import type { WantedCache } from "../solve/cache-request.js";
import { mountKey } from "./shared-keys.js";

/** What filling a new cache mount from imports needs. */
export interface ImportMountContext {
  readonly imports: readonly Pick<CacheImport, "dir" | "layer">[];
  readonly folders: HostFolders;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal | undefined;
}

/** Makes the folder of a new cache mount with what the first import has of it; "none" where nothing has. One that is
 * damaged is not used, with a warning, and leaves nothing. */
export async function importMount(
  folder: string,
  { mount, base }: WantedCache,
  { imports, folders, emit, signal }: ImportMountContext,
): Promise<"filled" | "none"> {
  const key = mountKey(mount, base?.content);
  const { mode, uid, gid } = mount;
  const meta = base === undefined ? { mode, uid, gid } : { mode: 0o755, uid: 0, gid: 0 };
  for (const source of imports) {
    const layer = await source.layer(key);
    if (layer === undefined) continue;
    await folders.make(folder, meta);
    try {
      await folders.fill(folder, layer, signal);
      return "filled";
    } catch (error) {
      if (!isOciBuildError(error)) throw error;
      const message = `the cache mount ${mount.id} cannot be taken from ${source.dir}: ${error.message}`;
      emit({ type: "warning", code: error.code, message });
      await folders.remove(folder);
    }
  }
  return "none";
}
