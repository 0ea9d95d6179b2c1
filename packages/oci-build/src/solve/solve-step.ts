import { isOciBuildError, OciBuildError } from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import type { ChangeSet } from "../copy/change.js";
import type { StepInfo } from "../events/build-event.js";
import { errorSummary } from "../events/error-summary.js";
import type { Step } from "../plan/step.js";
import { abortReason } from "./abort-reason.js";
import { copyChanges } from "./copy-changes.js";
import { looksBelow } from "./looks-below.js";
import type { SolveContext } from "./solve-context.js";
import type { SolvedStage } from "./solve-stage.js";
import type { SolvedStep } from "./solved-step.js";
import type { StageRoot } from "./stage-root.js";
import { storeChanges } from "./store-changes.js";
import { workdirChanges } from "./workdir-changes.js";

/** Where a step stands: the tree below it, and the stages that it may copy from. */
export interface StepInput {
  readonly root: StageRoot;
  readonly solved: ReadonlyMap<number, Pick<SolvedStage, "root">>;
  readonly context: SolveContext;
}

/** Runs one step, or takes its result from the cache, and tells of it.
 * Errors of the step carry its place in the Dockerfile in `data.place`. */
export async function solveStep(step: Step, input: StepInput): Promise<SolvedStep> {
  const { context } = input;
  const info: StepInfo = { id: step.id, name: step.name, span: step.span };
  const startedMs = context.now();
  context.signal?.throwIfAborted();
  context.emit({ type: "step.started", step: info });
  try {
    if (looksBelow(step)) await input.root.ready();
    await context.watcher.begins(step, input.root.snapshot());
    const changes = await stepChanges(step, input);
    const { outcome, ...solved } = await storeChanges(info, changes, context);
    context.emit({ type: "step.finished", step: info, outcome, durationMs: context.now() - startedMs });
    return { id: step.id, status: outcome.status, ...solved };
  } catch (error) {
    const failure = withPlace(abortReason(context.signal, error), step, context.file);
    const durationMs = context.now() - startedMs;
    context.emit({ type: "step.failed", step: info, error: errorSummary(failure), durationMs });
    throw failure;
  }
}

/** What a step changes on the tree below it. */
export function stepChanges(step: Step, input: StepInput): Promise<ChangeSet> {
  const parent: Snapshot = input.root.snapshot();
  return step.kind === "workdir" ? workdirChanges(step, parent) : copyChanges(step, parent, input);
}

/** An error with the place of the step that it ended. */
export function withPlace(error: unknown, step: Step, file: string): unknown {
  if (!isOciBuildError(error) || "place" in error.data) return error;
  const { code, exitCode, message, hint, cause } = error;
  const data = { ...error.data, place: { file, span: placeSpan(error.data, step), step: step.name } };
  return new OciBuildError(code, exitCode, { message, hint, cause, data });
}

/** A missing source is shown where it is named, everything else at the whole instruction. */
function placeSpan(data: { readonly [name: string]: unknown }, step: Step) {
  if (step.kind === "workdir") return step.span;
  const named = step.sources.find(({ path }) => path === data["source"]);
  return named?.span ?? step.span;
}
