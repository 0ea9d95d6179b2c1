import type { BuildSession } from "../build-session.js";
import { buildError } from "../errors.js";
import type { EmitEvent } from "../events/build-event.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { PreparedBuild } from "../prepare-build.js";
import { describeReasons } from "./describe-reasons.js";
import type { PlannedStep } from "./planned-steps.js";
import { StepExplainer } from "./step-explainer.js";
import type { StepExplanation } from "./step-explanation.js";
import type { StepJournal } from "./step-journal.js";
import type { StepWatcher } from "./step-watcher.js";

/** Watches a build for its log and, where that is asked for, explains each step or ends the build at a miss. */
export async function watchSteps(
  { steps, project, options }: PreparedBuild,
  { cache, isDamaged }: Pick<BuildSession, "cache" | "isDamaged">,
  { journal, emit }: { readonly journal: StepJournal; readonly emit: EmitEvent },
): Promise<StepWatcher> {
  const begins: StepWatcher["begins"] = (step, parent) => journal.begins(step, parent);
  if (options.explain === "no" && options.failOnCacheMiss === undefined)
    return { begins, lookedUp: undefined };
  const last = await cache.lastBuild(project.id);
  const explainer = new StepExplainer({ steps, last, cache, isDamaged });
  return {
    begins,
    lookedUp: async (stepId, looked) => {
      const planned = steps.find(({ id }) => id === stepId);
      if (planned === undefined) throw new TypeError(`step ${stepId} was not planned`);
      const explanation = await explainer.explain(planned, journal.inputsOf(stepId), looked);
      const { id, name, span } = planned.step;
      emit({ type: "step.explained", step: { id, name, span }, explanation });
      if (explanation.verdict !== "hit" && mayNotMiss(planned, options)) throw cacheMiss(explanation);
    },
  };
}

function mayNotMiss({ step, stage }: PlannedStep, { failOnCacheMiss }: ResolvedOptions): boolean {
  if (failOnCacheMiss === undefined || failOnCacheMiss === "any stage") return failOnCacheMiss !== undefined;
  const wanted = failOnCacheMiss.stage.toLowerCase();
  return stage.toLowerCase() === wanted || String(step.stageIndex) === wanted;
}

/** @throws OciBuildError BUILD_CACHE_MISS */
function cacheMiss(explanation: StepExplanation): Error {
  const { stage, instruction, reasons } = explanation;
  return buildError("BUILD_CACHE_MISS", {
    message: `${instruction} is not in the cache: ${describeReasons(reasons)}`,
    data: { stage, instruction, explanation },
    hint: "Build without --fail-on-cache-miss to execute it.",
  });
}
