import type { Snapshot } from "@oci-build/snapshot";
import type { Step } from "../plan/step.js";
import type { LookedUp } from "./explain-step.js";

/** Told of each step of a build, one after the other. */
export interface StepWatcher {
  /** A step begins on the tree below it. */
  begins(step: Step, parent: Snapshot): Promise<void>;
  /** What came of looking the step up, before anything is executed; throwing ends the build. Undefined when nobody asks:
   * then a step may be written before its key is known. */
  readonly lookedUp: ((stepId: string, looked: LookedUp) => Promise<void>) | undefined;
}
