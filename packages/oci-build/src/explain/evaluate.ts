import { type BuildLog, layerForm, type StepKey } from "@oci-build/cache";
import { type ContentDigest, isOciBuildError, type PlannedEntry } from "@oci-build/oci";
import { type BuildSession, withBuildSession } from "../build-session.js";
import type { ChangeSet } from "../copy/change.js";
import { eventEmitter } from "../events/build-event.js";
import type { BuildOptions } from "../options/build-options.js";
import { layerEncoding } from "../options/compression.js";
import { resolveOptions } from "../options/resolve-options.js";
import { stepOrigins } from "../plan/order-stages.js";
import type { StageBase, Step } from "../plan/step.js";
import { type PreparedBuild, prepareOnImages, prepareWithoutImages, readBuild } from "../prepare-build.js";
import { abortReason } from "../solve/abort-reason.js";
import { changeTotals, hashWork } from "../solve/change-totals.js";
import { digestChanges } from "../solve/digest-changes.js";
import { type ExecutorFactory, hostExecutors } from "../solve/executor-source.js";
import { layerEntries } from "../solve/layer-entries.js";
import { type ContentLookUp, lookUpContent } from "../solve/look-up-content.js";
import { looksBelow } from "../solve/looks-below.js";
import { lookUpRun } from "../solve/recorded-run.js";
import type { SolveContext } from "../solve/solve-context.js";
import { keyOfRun } from "../solve/solve-run.js";
import type { StageSoFar } from "../solve/solve-stage.js";
import { stepChanges, withPlace } from "../solve/solve-step.js";
import type { SolvedStep } from "../solve/solved-step.js";
import { StageRoot } from "../solve/stage-root.js";
import { changedEntries } from "./changed-entries.js";
import { compressBytes } from "./compress-bytes.js";
import { lastReasons } from "./last-reasons.js";
import type { PlannedStep } from "./planned-steps.js";
import { StepExplainer } from "./step-explainer.js";
import type { MissReason, StepExplanation } from "./step-explanation.js";
import { StepJournal } from "./step-journal.js";

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
interface EvaluatedStep extends StepWork {
  readonly explanation: StepExplanation;
}

/** A build that was only thought through. */
export interface EvaluatedBuild {
  readonly prepared: PreparedBuild;
  readonly last: BuildLog | undefined;
  /** Why the last build's steps were executed, by id; empty unless it was asked for. */
  readonly lastReasons: ReadonlyMap<string, readonly MissReason[]>;
  readonly steps: readonly EvaluatedStep[];
}

/** Evaluates all keys of a build without building. What a missing step would write is known from its sources, so the
 * steps after it are known as well. Nothing is written but the context's index of digests, and what is found in
 * imports, which is taken into the cache; records that hit count as used.
 * @throws OciBuildError as `build` before it executes anything */
export async function evaluate(
  options: BuildOptions,
  history: "last reasons" | "no reasons",
  executors: ExecutorFactory = hostExecutors,
): Promise<EvaluatedBuild> {
  const { signal, onEvent } = options;
  const emit = eventEmitter((event) => onEvent?.(event), Date.now);
  try {
    const read = readBuild(resolveOptions(options), emit);
    const early = prepareWithoutImages(read, emit);
    return await withBuildSession(read, { emit, signal, executors }, async (session) => {
      const prepared = early ?? (await prepareOnImages(read, session.images, emit));
      await checkIfPossible(prepared, session);
      const last = await session.cache.lastBuild(prepared.project.id);
      const steps = await evaluateSteps(prepared, session, last);
      const isAsked = history === "last reasons" && last !== undefined;
      return {
        prepared,
        last,
        steps,
        lastReasons: isAsked ? await lastReasons(last, session.cache) : new Map(),
      };
    });
  } catch (error) {
    throw abortReason(signal, error);
  }
}

/** Where no command can be run, keys can be known all the same. */
async function checkIfPossible(
  { runs }: Pick<PreparedBuild, "runs">,
  { executors }: Pick<BuildSession, "executors">,
): Promise<void> {
  try {
    await executors.check(runs);
  } catch (error) {
    if (!isOciBuildError(error, "EXECUTOR_UNAVAILABLE")) throw error;
  }
}

/** A stage as far as it is thought through. */
interface EvaluatedStage extends StageSoFar {
  /** The first command below that would have to be executed: what it gives nobody knows. */
  readonly cause: PlannedStep | undefined;
}

/** What evaluating a step needs, and the trees of the stages so far. */
interface Evaluating {
  readonly context: SolveContext;
  readonly journal: StepJournal;
  readonly explainer: StepExplainer;
  readonly form: string;
  readonly solved: Map<number, EvaluatedStage>;
  /** What steps so far would make, and later ones would find. */
  readonly made: Set<ContentDigest>;
}

async function evaluateSteps(
  { plan, steps: planned, options }: PreparedBuild,
  { cache, isDamaged, solveContext }: BuildSession,
  last: BuildLog | undefined,
): Promise<readonly EvaluatedStep[]> {
  const journal = new StepJournal(planned);
  const context = solveContext({
    begins: (step, parent) => journal.begins(step, parent),
    keyed: () => undefined,
    lookedUp: undefined,
  });
  const explainer = new StepExplainer({ steps: planned, last, cache, isDamaged });
  const form = layerForm(layerEncoding(options.compression, options.times));
  const evaluating: Evaluating = { context, journal, explainer, form, solved: new Map(), made: new Set() };
  const byId = new Map(planned.map((step) => [step.id, step]));
  const steps: EvaluatedStep[] = [];
  for (const { index, base, steps: own } of plan.stages) {
    let below = startOf(base, evaluating);
    for (const step of own) {
      const evaluated = await evaluateStep(named(byId, step), below, evaluating);
      steps.push(evaluated.step);
      below = evaluated.stage;
    }
    evaluating.solved.set(index, below);
  }
  return steps;
}

function startOf(base: StageBase, { solved, context }: Evaluating): EvaluatedStage {
  const nothing = { steps: [], cause: undefined, image: undefined };
  if (base.kind === "image") {
    const { image } = base.from;
    return { ...nothing, image, root: context.imageRoots.of(image) };
  }
  const below = base.kind === "stage" ? solved.get(base.index) : undefined;
  return below ?? { ...nothing, root: StageRoot.empty(context.layerFiles) };
}

function named(byId: ReadonlyMap<string, PlannedStep>, { id }: Step): PlannedStep {
  const planned = byId.get(id);
  if (planned === undefined) throw new TypeError(`step ${id} was not planned`);
  return planned;
}

interface Evaluated {
  readonly step: EvaluatedStep;
  readonly stage: EvaluatedStage;
}

async function evaluateStep(
  planned: PlannedStep,
  below: EvaluatedStage,
  evaluating: Evaluating,
): Promise<Evaluated> {
  const { context, explainer, solved } = evaluating;
  const { step } = planned;
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
