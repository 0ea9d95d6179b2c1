import type { Digest } from "@oci-build/oci";
import type { FileChange } from "./file-change.js";

/** What the tree below a step says that shapes what the step writes, by name: `destination` is the destination with
 * links followed, `found` what is there, `existing` the part of it that exists, `owner` the ids of `--chown` or USER. */
export type FactName = "destination" | "existing" | "found" | "owner";

/** Why a step is not taken from the cache. Only what can be known is told: several may hold at once, the causes before
 * what they led to. A changed time alone is never one. JSON-safe. */
export type MissReason =
  /** The cache was not asked: `--no-cache`. */
  | { readonly kind: "no-cache" }
  /** No earlier build of the project is known. */
  | { readonly kind: "first-build" }
  /** The last build of the project had no such step. */
  | { readonly kind: "new-step" }
  /** Texts are the Dockerfile's own, with variables as they are written there. */
  | { readonly kind: "instruction"; readonly before: string; readonly after: string }
  /** A variable that the instruction reads. A value is undefined where the variable is not set, and for both sides when
   * the name looks like a secret's: then `hidden` is true. */
  | {
      readonly kind: "variable";
      readonly scope: "ARG" | "ENV";
      readonly name: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
      readonly hidden: boolean;
    }
  /** The tree below the step changed where the step depends on it. `step` is the step that did it, if known. */
  | {
      readonly kind: "parent";
      readonly fact: FactName;
      readonly before: string;
      readonly after: string;
      readonly step: { readonly id: string; readonly instruction: string } | undefined;
    }
  /** The tree that a RUN runs on changed. `step` is the last step below that did it, if known. */
  | {
      readonly kind: "below";
      readonly step: { readonly id: string; readonly instruction: string } | undefined;
    }
  /** Something else that a RUN is given, by name: `user`, `network`, `mount /src: access`. Values are undefined where it was
   * not given, and on both sides where there is nothing that people could read, as of files. */
  | {
      readonly kind: "input";
      readonly name: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  /** Of a step that is `unknown`: the RUN that has to be executed first. */
  | { readonly kind: "after"; readonly step: { readonly id: string; readonly instruction: string } }
  /** What the step writes changed. `count` is the number of changes; `changes` is empty when the paths hold a secret. */
  | { readonly kind: "files"; readonly count: number; readonly changes: readonly FileChange[] }
  /** The cache had the result, and it was collected. `cause` is the policy that did it. */
  | { readonly kind: "collected"; readonly timeSec: number; readonly cause: string }
  /** The result is there in another encoding: nothing has to be made again but the layer's bytes. */
  | { readonly kind: "form"; readonly before: string; readonly after: string }
  /** What the cache had is damaged, or a part of it is gone. */
  | { readonly kind: "damaged"; readonly part: "record" | "layer" }
  /** The step writes what it wrote in the last build, of which the cache keeps nothing any more. */
  | { readonly kind: "forgotten" }
  /** What the step wrote before is not known any more, so that nothing can be compared. */
  | { readonly kind: "unknown-before" };

/** What became, or would become, of one step, and why. A `hit` has no reasons. `unknown` is a step whose input only
 * shows when another one is executed. JSON-safe. */
export interface StepExplanation {
  readonly id: string;
  /** The stage's name, or `stage-` and its index when it has none. */
  readonly stage: string;
  /** As the Dockerfile has it, with variables as they are written there. */
  readonly instruction: string;
  /** The directory or file of the image that the step writes to, with links followed; undefined where that is not known
   * or may hold a secret. */
  readonly destination: string | undefined;
  readonly verdict: "hit" | "miss" | "unknown";
  /** Of a hit: the folder of `cacheFrom` that it was copied from just now; undefined where it was in the cache. */
  readonly importedFrom: string | undefined;
  readonly key: Digest | undefined;
  readonly reasons: readonly MissReason[];
}
