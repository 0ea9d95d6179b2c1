import type { StepKey } from "@oci-build/cache";
import type { Snapshot } from "@oci-build/snapshot";
import type { Step } from "../plan/step.js";
import type { LookedUp } from "./explain-step.js";

/** Told of the steps of a build: of those of one stage, and of stages that stand on each other, one after the other. */
export interface StepWatcher {
  /** A step begins on the tree below it. */
  begins(step: Step, parent: Snapshot): Promise<void>;
  /** The key of a RUN is known. */
  keyed(stepId: string, key: StepKey): void;
  /** What came of looking the step up, before anything is executed; throwing ends the build. Undefined when nobody asks:
   * then a step may be written before its key is known. */
  readonly lookedUp: ((stepId: string, looked: LookedUp) => Promise<void>) | undefined;
}
