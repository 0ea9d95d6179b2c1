import type { BuildPlan, StagePlan } from "../plan/step.js";
import type { SolveContext } from "./solve-context.js";
import { type SolvedStage, solveStage } from "./solve-stage.js";

/** Builds the stages of a plan, those that do not need each other at once, and gives the target. When one fails, the
 * others are stopped, and waited for.
 * @throws OciBuildError, with the step's place in `data.place` */
export async function solvePlan(plan: BuildPlan, context: SolveContext): Promise<SolvedStage> {
  const stop = new AbortController();
  const signals = context.signal === undefined ? [stop.signal] : [context.signal, stop.signal];
  const stoppable = { ...context, signal: AbortSignal.any(signals) };
  const stages = new Map<number, Promise<SolvedStage>>();
  let failure: { readonly error: unknown } | undefined;
  const solve = async (stage: StagePlan, rank: number): Promise<SolvedStage> => {
    try {
      return await solveStage(stage, { rank, context: stoppable, stage: (index) => found(stages, index) });
    } catch (error) {
      failure ??= { error };
      stop.abort(new Error("another step failed"));
      throw error;
    }
  };
  for (const [rank, stage] of plan.stages.entries()) stages.set(stage.index, solve(stage, rank));
  await Promise.allSettled(stages.values());
  if (failure !== undefined) throw failure.error;
  return { ...(await found(stages, plan.target.index)), plan: plan.target };
}

function found(stages: ReadonlyMap<number, Promise<SolvedStage>>, index: number): Promise<SolvedStage> {
  return stages.get(index) ?? Promise.reject(new TypeError(`stage ${index} is not planned`));
}
