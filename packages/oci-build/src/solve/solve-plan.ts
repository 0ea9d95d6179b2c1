import type { BuildPlan } from "../plan/step.js";
import type { SolveContext } from "./solve-context.js";
import { type SolvedStage, solveStage } from "./solve-stage.js";

/** Builds the stages of a plan in their order and gives the target.
 * @throws OciBuildError, with the step's place in `data.place` */
export async function solvePlan(plan: BuildPlan, context: SolveContext): Promise<SolvedStage> {
  const solved = new Map<number, SolvedStage>();
  for (const stage of plan.stages) solved.set(stage.index, await solveStage(stage, solved, context));
  const target = solved.get(plan.target.index);
  if (target === undefined) throw new TypeError("a plan holds its target");
  return { ...target, plan: plan.target };
}
