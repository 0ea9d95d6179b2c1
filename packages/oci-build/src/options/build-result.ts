import type { Descriptor, Digest, Platform } from "@oci-build/oci";
import type { StepOutcome } from "../events/build-event.js";
import type { StepExplanation } from "../explain/step-explanation.js";

/** One step of the build and how it went. */
export interface BuiltStep extends StepOutcome {
  readonly name: string;
  /** With `BuildOptions.explain`. */
  readonly explanation?: StepExplanation | undefined;
}

/** One output as it was made; `names` are full. `unchanged`: all was there already, nothing was written or sent.
 *
 * - `archive`: `path` is absolute, undefined for a stream; size in bytes.
 * - `files`: as `archive`, but the files alone: `size` is that of the tar, or of all files in the folder.
 * - `push`: the names are `host/path:tag`, or `host/path@digest` when pushed by digest. `bytesSent` counts repetitions.
 * - `load`: into which program.
 * - `store`: kept in the local store. */
export type BuiltOutput =
  | {
      readonly kind: "archive";
      readonly path: string | undefined;
      readonly size: number;
      readonly outcome: "written" | "unchanged";
    }
  | {
      readonly kind: "files";
      readonly path: string | undefined;
      readonly size: number;
      readonly outcome: "written";
    }
  | {
      readonly kind: "push";
      readonly names: readonly string[];
      readonly bytesSent: number;
      readonly outcome: "written" | "unchanged";
    }
  | {
      readonly kind: "load";
      readonly program: "docker" | "podman";
      readonly names: readonly string[];
      readonly outcome: "written";
    }
  | { readonly kind: "store"; readonly names: readonly string[]; readonly outcome: "written" | "unchanged" };

/** What was built. `digest` is the manifest's; `descriptor` points to it. */
export interface BuildResult {
  readonly digest: Digest;
  readonly configDigest: Digest;
  readonly descriptor: Descriptor;
  readonly platform: Platform;
  /** Full names, those of outputs included: `docker.io/library/app:1.0`. */
  readonly names: readonly string[];
  /** Steps that made layers or found them, in the order in which they were run. */
  readonly steps: readonly BuiltStep[];
  /** In the order in which they were made; an `image` that is stored and pushed counts twice. */
  readonly outputs: readonly BuiltOutput[];
}
