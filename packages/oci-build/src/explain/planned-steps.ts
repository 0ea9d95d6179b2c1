import type { BuildPlan, StagePlan, Step } from "../plan/step.js";
import type { MatchableStep } from "./match-steps.js";

/** A step of a plan as explanations name it. */
export interface PlannedStep extends MatchableStep {
  readonly step: Step;
  /** The step that it stands on, in its stage or in one that its stage stands on. */
  readonly below: PlannedStep | undefined;
}

/** The steps of a plan, in the order in which they are run. */
export function plannedSteps({ stages }: BuildPlan): readonly PlannedStep[] {
  const tops = new Map<number, PlannedStep | undefined>();
  const planned: PlannedStep[] = [];
  for (const stage of stages) {
    let below = stage.base.kind === "stage" ? tops.get(stage.base.index) : undefined;
    for (const step of stage.steps) {
      below = { id: step.id, stage: stageLabel(stage), instruction: step.text, step, below };
      planned.push(below);
    }
    tops.set(stage.index, below);
  }
  return planned;
}

/** How a stage is named, as progress does it: by its name, else `stage-` and its index. */
export function stageLabel({ name, index }: Pick<StagePlan, "name" | "index">): string {
  return name ?? `stage-${index}`;
}
