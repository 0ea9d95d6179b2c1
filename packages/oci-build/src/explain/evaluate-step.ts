import type { StepKey } from "@oci-build/cache";
import type { ContentDigest, PlannedEntry } from "@oci-build/oci";
import type { ChangeSet } from "../copy/change.js";
import { stepOrigins } from "../plan/order-stages.js";
import type { Step } from "../plan/step.js";
import { changeTotals, hashWork } from "../solve/change-totals.js";
import { digestChanges } from "../solve/digest-changes.js";
import { layerEntries } from "../solve/layer-entries.js";
import { type ContentLookUp, lookUpContent } from "../solve/look-up-content.js";
import { looksBelow } from "../solve/looks-below.js";
import { lookUpRun } from "../solve/recorded-run.js";
import { contextOfStage, type SolveContext } from "../solve/solve-context.js";
import { keyOfRun } from "../solve/solve-run.js";
import type { StageSoFar } from "../solve/solve-stage.js";
import { stepChanges, withPlace } from "../solve/solve-step.js";
import type { SolvedStep } from "../solve/solved-step.js";
import type { StageRoot } from "../solve/stage-root.js";
import { changedEntries } from "./changed-entries.js";
import { compressBytes } from "./compress-bytes.js";
import type { PlannedStep } from "./planned-steps.js";
import type { StepExplainer } from "./step-explainer.js";
import type { StepExplanation } from "./step-explanation.js";
import type { StepJournal } from "./step-journal.js";

/** How much a step would come to. */
export interface StepWork {
  /** What was read to know the step's key; a build that follows need not read it again where stats can be trusted. */
  readonly filesHashed: number;
  readonly bytesHashed: number;
  /** How many bytes there are to compress at most: segments that earlier layers have are copied. 0 for a hit. What a
   * command would write is not known, and not counted. */
  readonly compressBytesMax: number;
}

/** One step that was thought through. */
export interface EvaluatedStep extends StepWork {
  readonly explanation: StepExplanation;
}

/** A stage as far as it is thought through. */
export interface EvaluatedStage extends StageSoFar {
  /** The first command below that would have to be executed: what it gives nobody knows. */
  readonly cause: PlannedStep | undefined;
}

/** What evaluating a step needs, and the trees of the stages so far. */
export interface Evaluating {
  readonly context: SolveContext;
  readonly journal: StepJournal;
  readonly explainer: StepExplainer;
  readonly form: string;
  readonly solved: Map<number, EvaluatedStage>;
  /** What steps so far would make, and later ones would find. */
  readonly made: Set<ContentDigest>;
}

/** A step that was thought through, and its stage behind it. */
interface Evaluated {
  readonly step: EvaluatedStep;
  readonly stage: EvaluatedStage;
}

/** Evaluates one step on what is below it. */
export async function evaluateStep(
  planned: PlannedStep,
  below: EvaluatedStage,
  whole: Evaluating,
): Promise<Evaluated> {
  const { step } = planned;
  const evaluating = { ...whole, context: contextOfStage(whole.context, step.stageIndex) };
  const { context, explainer, solved } = evaluating;
  context.signal?.throwIfAborted();
  const cause = causeOf(step, below, solved);
  if (cause !== undefined) {
    return {
      step: { explanation: explainer.unknown(planned, cause), ...NO_WORK },
      stage: { ...below, cause },
    };
  }
  try {
    if (step.kind === "run" || looksBelow(step)) await below.root.ready();
    await context.watcher.begins(step, below.root.snapshot());
    const stage = (index: number): Promise<StageSoFar> => Promise.resolve(solvedStage(solved, index));
    if (step.kind === "run") {
      const { key } = await keyOfRun(step, { context, below, stage });
      return await evaluateRun({ planned, key, below }, evaluating);
    }
    const changes = await stepChanges(step, below.root.snapshot(), { context, stage });
    return await lookUpChanges(planned, { changes, below }, evaluating);
  } catch (error) {
    throw withPlace(error, step, context.file);
  }
}

const NO_WORK: StepWork = { filesHashed: 0, bytesHashed: 0, compressBytesMax: 0 };

/** The command that has to be executed before anything is known of a step. */
function causeOf(step: Step, below: EvaluatedStage, solved: Evaluating["solved"]): PlannedStep | undefined {
  const origins = stepOrigins(step).flatMap((origin) =>
    origin.kind === "stage" ? (solved.get(origin.stageIndex)?.cause ?? []) : [],
  );
  return step.kind === "run" || looksBelow(step) ? (below.cause ?? origins[0]) : origins[0];
}

function solvedStage(solved: Evaluating["solved"], index: number): StageSoFar {
  const stage = solved.get(index);
  if (stage === undefined) throw new TypeError(`stage ${index} was not evaluated`);
  return stage;
}

interface EvaluatedRun {
  readonly planned: PlannedStep;
  readonly key: StepKey;
  readonly below: EvaluatedStage;
}

async function evaluateRun(
  { planned, key, below }: EvaluatedRun,
  { context, journal, explainer }: Evaluating,
): Promise<Evaluated> {
  const { record, recorded } = await lookUpRun(key, context);
  const explanation = await explainer.explain(planned, journal.inputsOf(planned.id), {
    kind: "run",
    key,
    record,
    found: recorded !== undefined ? "hit" : context.cacheUse === "write-only" ? "not-asked" : "miss",
  });
  const step = { explanation, ...NO_WORK };
  if (recorded === undefined) return { step, stage: { ...below, cause: planned } };
  const { layer } = recorded;
  const root = layer === undefined ? below.root : below.root.with(layer);
  const solved = { id: planned.id, status: "cached", ...recorded } as const;
  return { step, stage: { ...below, root, steps: [...below.steps, solved] } };
}

async function lookUpChanges(
  planned: PlannedStep,
  { changes, below }: { readonly changes: ChangeSet; readonly below: EvaluatedStage },
  { context, journal, explainer, form, made }: Evaluating,
): Promise<Evaluated> {
  const before = hashWork(changes);
  const contentDigest = await digestChanges(changes, { signal: context.signal });
  const after = hashWork(changes);
  const totals = changeTotals(changes);
  const found = await lookUpContent({ contentDigest, totals, form }, context);
  const { key, record, hit } = found;
  const isThere = hit !== undefined || (context.cacheUse === "read-write" && made.has(contentDigest));
  made.add(contentDigest);
  const explanation = await explainer.explain(planned, journal.inputsOf(planned.id), {
    kind: "files",
    key: key.digest,
    contentDigest,
    form,
    record,
    found: isThere ? "hit" : context.cacheUse === "write-only" ? "not-asked" : "miss",
    entries: () => changedEntries(changes),
  });
  const step = {
    explanation,
    filesHashed: after.files - before.files,
    bytesHashed: after.bytes - before.bytes,
    compressBytesMax: isThere ? 0 : await bytesToCompress(planned.id, changes, { context, explainer, form }),
  };
  const solved: SolvedStep = {
    ...{ id: planned.id, status: isThere ? "cached" : "executed", createdSec: 0 },
    contentDigest: totals.entries === 0 ? undefined : contentDigest,
    layer: hit?.layer,
  };
  const root = rootAfter(below.root, changes, found);
  return { step, stage: { ...below, root, steps: [...below.steps, solved] } };
}

async function bytesToCompress(
  stepId: string,
  changes: ChangeSet,
  { context, explainer, form }: Pick<Evaluating, "context" | "explainer" | "form">,
): Promise<number> {
  if (changeTotals(changes).entries === 0) return 0;
  const { times, now } = context;
  const createdSec = Math.floor(now() / 1000);
  const entries = (await changedEntries(changes, createdSec)) as readonly PlannedEntry[];
  const clampMtimeSec = times.kind === "clamp" ? times.epochSec : undefined;
  return compressBytes({ entries, form, clampMtimeSec }, await explainer.layerBefore(stepId));
}

/** The tree after a step: from its layer where there is one, else from what the step would write. */
function rootAfter(root: StageRoot, changes: ChangeSet, { hit }: ContentLookUp): StageRoot {
  if (hit === undefined)
    return root.withEntries(() => layerEntries(changes, { createdSec: 0, digests: "known" }));
  return hit.layer === undefined ? root : root.with(hit.layer);
}
