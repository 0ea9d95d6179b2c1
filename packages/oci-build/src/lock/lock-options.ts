import type { BuildOptions } from "../options/build-options.js";
import type { LockChange } from "./compare-locks.js";
import type { LockedImage } from "./locked-image.js";

/** What to lock and how. What has the name of a build's option means the same. */
export interface LockOptions
  extends Pick<
    BuildOptions,
    | "buildArgs"
    | "buildContexts"
    | "cacheDir"
    | "context"
    | "dockerfile"
    | "env"
    | "insecureRegistries"
    | "offline"
    | "onEvent"
    | "registry"
    | "registryMirrors"
    | "signal"
  > {
  /** For which the Dockerfile is read, since FROM may name an image by its platform; each image must be there for them.
   * Entries tell of all platforms anyway. Default: linux on this machine's architecture. */
  readonly platforms?: readonly string[] | undefined;
  /** Entries to resolve anew: all, or images by name. Default: none; an image that has an entry keeps it. */
  readonly update?: "all" | readonly string[] | undefined;
  /** What becomes of entries that the Dockerfile does not name with these build arguments and platforms. `keep` is for
   * a Dockerfile that is built with several. Default: `remove`. */
  readonly others?: "keep" | "remove" | undefined;
  /** `check` writes nothing: the report tells what would change. Default: `write`. */
  readonly mode?: "check" | "write" | undefined;
}

/** What a lock file pins now. JSON-safe. */
export interface LockReport {
  /** The file, absolute. */
  readonly path: string;
  /** As messages name the file. */
  readonly label: string;
  /** By reference. */
  readonly images: readonly LockedImage[];
  /** To what stood there before, by reference. */
  readonly changes: readonly LockChange[];
  /** `outdated`: there are changes, and nothing was written, since it was a check. */
  readonly outcome: "outdated" | "unchanged" | "written";
}
