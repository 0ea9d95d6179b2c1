import type { StagePlan } from "../plan/step.js";
import type { SolveContext } from "./solve-context.js";
import { solveStep } from "./solve-step.js";
import type { SolvedStep } from "./solved-step.js";
import { StageRoot } from "./stage-root.js";

/** A stage that was built: its steps after those of the stage it stands on, and its file tree. */
export interface SolvedStage {
  readonly plan: StagePlan;
  readonly steps: readonly SolvedStep[];
  readonly history: StagePlan["history"];
  readonly root: StageRoot;
}

/** Runs the steps of one stage. `solved` holds the stages that it needs, by index. */
export async function solveStage(
  plan: StagePlan,
  solved: ReadonlyMap<number, SolvedStage>,
  context: SolveContext,
): Promise<SolvedStage> {
  const base = plan.base.kind === "stage" ? solved.get(plan.base.index) : undefined;
  let root = base?.root ?? StageRoot.empty(context.layerFiles);
  const steps = [...(base?.steps ?? [])];
  for (const step of plan.steps) {
    const result = await solveStep(step, { root, solved, context });
    steps.push(result);
    if (result.layer !== undefined) root = root.with(result.layer);
  }
  return { plan, steps, history: [...(base?.history ?? []), ...plan.history], root };
}
