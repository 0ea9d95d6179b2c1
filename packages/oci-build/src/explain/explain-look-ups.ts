import { buildError } from "../errors.js";
import type { PreparedBuild } from "../prepare-build.js";
import { summarizeReasons } from "./describe-reasons.js";
import { explainBases } from "./explain-bases.js";
import { StepExplainer } from "./step-explainer.js";
import type { StepExplanation } from "./step-explanation.js";
import type { StepWatcher } from "./step-watcher.js";
import type { WatchContext } from "./watch-steps.js";

/** Explains a build's bases at once and each step when it was looked up; the watcher throws at a miss that may not be.
 * @throws OciBuildError BUILD_CACHE_MISS, from the watcher */
export async function explainLookUps(
  { plan, steps, project, mayNotMiss }: PreparedBuild,
  { session, journal, emit }: WatchContext,
): Promise<NonNullable<StepWatcher["lookedUp"]>> {
  const { cache, isDamaged, importedFrom } = session;
  const last = await cache.lastBuild(project.id);
  for (const explanation of explainBases(plan, last)) emit({ type: "base.explained", explanation });
  const byId = new Map(steps.map((step) => [step.id, step]));
  const explainer = new StepExplainer({ steps, last, cache, isDamaged, importedFrom });
  return async (stepId, looked) => {
    const planned = byId.get(stepId);
    if (planned === undefined) throw new TypeError(`step ${stepId} was not planned`);
    const explanation = await explainer.explain(planned, journal.inputsOf(stepId), looked);
    const { id, name, span } = planned.step;
    emit({ type: "step.explained", step: { id, name, span }, explanation });
    const isRefused = mayNotMiss === "any stage" || mayNotMiss === planned.step.stageIndex;
    if (isRefused && explanation.verdict !== "hit") throw cacheMiss(explanation);
  };
}

function cacheMiss(explanation: StepExplanation): Error {
  const { stage, instruction } = explanation;
  return buildError("BUILD_CACHE_MISS", {
    message: `${instruction} is not in the cache: ${summarizeReasons(explanation)}`,
    data: { stage, instruction, explanation },
    hint: "Build without --fail-on-cache-miss to execute it.",
  });
}
