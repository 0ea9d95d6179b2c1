import type { BuildSession } from "../build-session.js";
import { buildError } from "../errors.js";
import type { EmitEvent } from "../events/build-event.js";
import type { PreparedBuild } from "../prepare-build.js";
import { summarizeReasons } from "./describe-reasons.js";
import { explainBases } from "./explain-bases.js";
import { StepExplainer } from "./step-explainer.js";
import type { StepExplanation } from "./step-explanation.js";
import type { StepJournal } from "./step-journal.js";
import type { StepWatcher } from "./step-watcher.js";

/** Watches a build for its log and, where that is asked for, explains each step or ends the build at a miss. */
export async function watchSteps(
  { plan, steps, project, options, mayNotMiss }: PreparedBuild,
  { cache, isDamaged }: Pick<BuildSession, "cache" | "isDamaged">,
  { journal, emit }: { readonly journal: StepJournal; readonly emit: EmitEvent },
): Promise<StepWatcher> {
  const told = {
    begins: (step, parent) => journal.begins(step, parent),
    keyed: (stepId, key) => journal.keyed(stepId, key),
  } satisfies Omit<StepWatcher, "lookedUp">;
  if (options.explain === "no" && mayNotMiss === undefined) return { ...told, lookedUp: undefined };
  const last = await cache.lastBuild(project.id);
  for (const explanation of explainBases(plan, last)) emit({ type: "base.explained", explanation });
  const byId = new Map(steps.map((step) => [step.id, step]));
  const explainer = new StepExplainer({ steps, last, cache, isDamaged });
  return {
    ...told,
    lookedUp: async (stepId, looked) => {
      const planned = byId.get(stepId);
      if (planned === undefined) throw new TypeError(`step ${stepId} was not planned`);
      const explanation = await explainer.explain(planned, journal.inputsOf(stepId), looked);
      const { id, name, span } = planned.step;
      emit({ type: "step.explained", step: { id, name, span }, explanation });
      const isRefused = mayNotMiss === "any stage" || mayNotMiss === planned.step.stageIndex;
      if (isRefused && explanation.verdict !== "hit") throw cacheMiss(explanation);
    },
  };
}

/** @throws OciBuildError BUILD_CACHE_MISS */
function cacheMiss(explanation: StepExplanation): Error {
  const { stage, instruction } = explanation;
  return buildError("BUILD_CACHE_MISS", {
    message: `${instruction} is not in the cache: ${summarizeReasons(explanation)}`,
    data: { stage, instruction, explanation },
    hint: "Build without --fail-on-cache-miss to execute it.",
  });
}
