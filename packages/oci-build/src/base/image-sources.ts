import type { Cache } from "@oci-build/cache";
import type { RegistryClient } from "@oci-build/registry";
import type { RunContext } from "../build-session.js";
import { LockedOrigin } from "../lock/locked-origin.js";
import { offlineClient } from "../lock/offline-client.js";
import type { LockFile } from "../lock/read-lock.js";
import { digestOfTag } from "../lock/tag-digest.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { ImageOrigin } from "./image-origin.js";
import { RegistryOrigin } from "./registry-origin.js";
import { StoreOrigin } from "./store-origin.js";

/** Where a build looks for images that no context names, and what it speaks with registries by. */
export interface ImageSources {
  /** In the order in which they are asked. */
  readonly origins: readonly ImageOrigin[];
  /** One client for all that a build does; loaded and made when it is first asked for. */
  readonly registries: () => Promise<RegistryClient>;
  close(): Promise<void>;
}

/** The local store, unless the registry is to be asked anyway, then registries; for images of the lock file, if there is
 * one. */
export function imageSources(
  { pull, registries: choices, network }: Pick<ResolvedOptions, "network" | "pull" | "registries">,
  { cache, lock, ...run }: RunContext & { readonly cache: Cache; readonly lock: LockFile | undefined },
): ImageSources {
  let opened: Promise<RegistryClient> | undefined;
  const open = async (): Promise<RegistryClient> => {
    if (network === "none") return offlineClient();
    const { openRegistries } = await import("./open-registries.js");
    return openRegistries(choices, run);
  };
  const registries = (): Promise<RegistryClient> => {
    opened ??= open();
    return opened;
  };
  const remote: ImageOrigin = {
    find: async (name, platform) => new RegistryOrigin(await registries(), cache.blobs).find(name, platform),
  };
  const unpinned =
    pull === "always" ? [remote] : [new StoreOrigin(cache, network === "none" ? "only" : "first"), remote];
  const tagDigest =
    pull === "always" ? async (name: string) => digestOfTag(await registries(), name) : undefined;
  return {
    origins: lock === undefined ? unpinned : [new LockedOrigin({ lock, origins: unpinned, tagDigest })],
    registries,
    close: async () => (await opened)?.close(),
  };
}
