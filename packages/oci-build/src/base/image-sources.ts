import type { Cache } from "@oci-build/cache";
import type { RunContext } from "../build-session.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { ImageOrigin } from "./image-origin.js";
import type { RegistryOrigin } from "./registry-origin.js";
import { StoreOrigin } from "./store-origin.js";

/** Where a build looks for images that no context names, in this order. */
export interface ImageSources {
  readonly origins: readonly ImageOrigin[];
  close(): Promise<void>;
}

/** The local store, unless the registry is to be asked anyway, then registries. What speaks with those is loaded when
 * the first image is asked for. */
export function imageSources(
  { pull, registries }: Pick<ResolvedOptions, "pull" | "registries">,
  { cache, ...run }: RunContext & { readonly cache: Cache },
): ImageSources {
  let opened: Promise<RegistryOrigin> | undefined;
  const open = async (): Promise<RegistryOrigin> => {
    const { RegistryOrigin } = await import("./registry-origin.js");
    return new RegistryOrigin({ ...run, blobs: cache.blobs, choices: registries });
  };
  const remote: ImageOrigin = {
    async find(name, platform) {
      opened ??= open();
      return (await opened).find(name, platform);
    },
  };
  return {
    origins: pull === "always" ? [remote] : [new StoreOrigin(cache), remote],
    close: async () => (await opened)?.close(),
  };
}
