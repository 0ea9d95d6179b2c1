import { isOciBuildError, OciBuildError } from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import type { ChangeSet } from "../copy/change.js";
import type { StepInfo, StepOutcome } from "../events/build-event.js";
import { errorSummary } from "../events/error-summary.js";
import { stepOrigins } from "../plan/order-stages.js";
import type { FileStep, Step } from "../plan/step.js";
import { abortReason } from "./abort-reason.js";
import { type CopyContext, copyChanges } from "./copy-changes.js";
import { looksBelow } from "./looks-below.js";
import type { StageSoFar, StageWork } from "./solve-stage.js";
import type { SolvedStep } from "./solved-step.js";
import { storeChanges } from "./store-changes.js";
import { workdirChanges } from "./workdir-changes.js";

/** Where a step stands: the stage below it, and the stages that it may take files from. */
export interface StepInput extends StageWork {
  readonly below: StageSoFar;
}

/** What a step gave, and what there is to tell of it. */
export interface StepResult extends Omit<SolvedStep, "id" | "status"> {
  readonly outcome: StepOutcome;
}

/** Runs one step, or takes its result from the cache, and tells of it, once the stages that it takes files from are
 * built. Errors of the step carry its place in the Dockerfile in `data.place`. */
export async function solveStep(step: Step, input: StepInput): Promise<SolvedStep> {
  const { context, rank } = input;
  for (const origin of stepOrigins(step)) if (origin.kind === "stage") await input.stage(origin.stageIndex);
  if (step.kind === "run") {
    // The way of images without RUN is short: not even its code is read.
    const { solveRun } = await import("./solve-run.js");
    return told(step, input, (info) => solveRun(step, info, input));
  }
  return context.fileSlots.use(rank, () => told(step, input, (info) => solveFiles(step, info, input)));
}

async function told(
  step: Step,
  { context }: StepInput,
  solve: (info: StepInfo) => Promise<StepResult>,
): Promise<SolvedStep> {
  const info: StepInfo = { id: step.id, name: step.name, span: step.span };
  const startedMs = context.now();
  context.signal?.throwIfAborted();
  context.emit({ type: "step.started", step: info });
  try {
    const { outcome, ...solved } = await solve(info);
    context.emit({ type: "step.finished", step: info, outcome, durationMs: context.now() - startedMs });
    return { id: step.id, status: outcome.status, ...solved };
  } catch (error) {
    const failure = withPlace(abortReason(context.signal, error), step, context.file);
    const durationMs = context.now() - startedMs;
    context.emit({ type: "step.failed", step: info, error: errorSummary(failure), durationMs });
    throw failure;
  }
}

async function solveFiles(step: FileStep, info: StepInfo, input: StepInput): Promise<StepResult> {
  const { context, below } = input;
  if (looksBelow(step)) await below.root.ready();
  await context.watcher.begins(step, below.root.snapshot());
  const changes = await stepChanges(step, below.root.snapshot(), input);
  const { createdSec, layer, outcome } = await storeChanges(info, changes, context);
  const contentDigest = layer === undefined ? undefined : outcome.contentDigest;
  return { createdSec, contentDigest, layer, outcome };
}

/** What a step changes on the tree below it. */
export function stepChanges(step: FileStep, parent: Snapshot, input: CopyContext): Promise<ChangeSet> {
  return step.kind === "workdir" ? workdirChanges(step, parent) : copyChanges(step, parent, input);
}

/** An error with the place of the step that it ended. */
export function withPlace(error: unknown, step: Step, file: string): unknown {
  if (!isOciBuildError(error) || "place" in error.data) return error;
  const { code, exitCode, message, hint, cause } = error;
  const data = { ...error.data, place: { file, span: placeSpan(error.data, step), step: step.name } };
  return new OciBuildError(code, exitCode, { message, hint, cause, data });
}

/** A missing source or secret is shown where it is named, everything else at the whole instruction. */
function placeSpan({ source, id }: { readonly [name: string]: unknown }, step: Step) {
  if (step.kind === "workdir") return step.span;
  if (step.kind === "copy") return step.sources.find(({ path }) => path === source)?.span ?? step.span;
  const named = step.mounts.find(
    (mount) => ("source" in mount && mount.source === source) || ("id" in mount && mount.id === id),
  );
  return named?.span ?? step.span;
}
