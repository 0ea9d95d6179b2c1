import type { BuildOptions } from "../options/build-options.js";

/** Something that went wrong without ending anything. Holds no credentials. */
export interface ImageWarning {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What all work on images takes. */
export interface ImageAccess
  extends Pick<BuildOptions, "cacheDir" | "insecureRegistries" | "registry" | "registryMirrors" | "env"> {
  /** Stops the work, which then rejects with the signal's reason. What is written stays whole or untouched. */
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((warning: ImageWarning) => void) | undefined;
}
