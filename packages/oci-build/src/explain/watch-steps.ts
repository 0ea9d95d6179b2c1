import type { BuildSession } from "../build-session.js";
import type { EmitEvent } from "../events/build-event.js";
import type { PreparedBuild } from "../prepare-build.js";
import type { StepJournal } from "./step-journal.js";
import type { StepWatcher } from "./step-watcher.js";

/** Where a build is watched from. */
export interface WatchContext {
  readonly session: Pick<BuildSession, "cache" | "importedFrom" | "isDamaged">;
  readonly journal: StepJournal;
  readonly emit: EmitEvent;
}

/** Watches a build for its log and, where that is asked for, explains each step or ends the build at a miss. */
export async function watchSteps(build: PreparedBuild, context: WatchContext): Promise<StepWatcher> {
  const { journal } = context;
  const isAsked = build.options.explain !== "no" || build.mayNotMiss !== undefined;
  return {
    begins: (step, parent) => journal.begins(step, parent),
    keyed: (stepId, key) => journal.keyed(stepId, key),
    // Most builds explain nothing: loaded when one does.
    lookedUp: isAsked
      ? await (await import("./explain-look-ups.js")).explainLookUps(build, context)
      : undefined,
  };
}
