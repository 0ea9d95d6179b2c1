import type { Cache } from "@oci-build/cache";
import type { RunContext } from "../build-session.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { ImageOrigin } from "./image-origin.js";
import { StoreOrigin } from "./store-origin.js";

/** Where a build looks for images that no context names, in this order. */
export interface ImageSources {
  readonly origins: readonly ImageOrigin[];
  close(): Promise<void>;
}

/** The local store, unless the registry is to be asked anyway, then registries. What speaks with those is loaded when
 * the first image is asked for. */
export function imageSources(
  { pull }: Pick<ResolvedOptions, "pull">,
  { cache }: RunContext & { readonly cache: Cache },
): ImageSources {
  const local = pull === "always" ? [] : [new StoreOrigin(cache)];
  return { origins: local, close: async () => undefined };
}
