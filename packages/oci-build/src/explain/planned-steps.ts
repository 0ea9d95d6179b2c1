import type { BuildPlan, StagePlan, Step } from "../plan/step.js";
import type { MatchableStep } from "./match-steps.js";

/** A step of a plan as explanations name it. */
export interface PlannedStep extends MatchableStep {
  readonly step: Step;
  /** The ids of the steps that it stands on, nearest first. */
  readonly below: readonly string[];
}

/** The steps of a plan, in the order in which they are run. */
export function plannedSteps({ stages }: BuildPlan): readonly PlannedStep[] {
  const byIndex = new Map<number, readonly string[]>();
  return stages.flatMap((stage) => {
    let below = stage.base.kind === "stage" ? (byIndex.get(stage.base.index) ?? []) : [];
    const steps = stage.steps.map((step): PlannedStep => {
      const planned = { id: step.id, stage: stageLabel(stage), instruction: step.text, step, below };
      below = [step.id, ...below];
      return planned;
    });
    byIndex.set(stage.index, below);
    return steps;
  });
}

/** How a stage is named, as progress does it: by its name, else `stage-` and its index. */
function stageLabel({ name, index }: Pick<StagePlan, "name" | "index">): string {
  return name ?? `stage-${index}`;
}
