import { type BuildLog, layerForm } from "@oci-build/cache";
import type { ContentDigest, PlannedEntry } from "@oci-build/oci";
import { type BuildSession, withBuildSession } from "../build-session.js";
import type { ChangeSet } from "../copy/change.js";
import { eventEmitter } from "../events/build-event.js";
import type { BuildOptions } from "../options/build-options.js";
import { layerEncoding } from "../options/compression.js";
import { resolveOptions } from "../options/resolve-options.js";
import type { StageBase, Step } from "../plan/step.js";
import { type PreparedBuild, prepareOnImages, prepareWithoutImages, readBuild } from "../prepare-build.js";
import { abortReason } from "../solve/abort-reason.js";
import { changeTotals, hashWork } from "../solve/change-totals.js";
import { digestChanges } from "../solve/digest-changes.js";
import { layerEntries } from "../solve/layer-entries.js";
import { type ContentLookUp, lookUpContent } from "../solve/look-up-content.js";
import { looksBelow } from "../solve/looks-below.js";
import type { SolveContext } from "../solve/solve-context.js";
import { type StepInput, stepChanges, withPlace } from "../solve/solve-step.js";
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
  /** How many bytes there are to compress at most: segments that earlier layers have are copied. 0 for a hit. */
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
 * steps after it are known as well. Nothing is written but the context's index of digests; records that hit count as
 * used.
 * @throws OciBuildError as `build` before it executes anything */
export async function evaluate(
  options: BuildOptions,
  history: "last reasons" | "no reasons",
): Promise<EvaluatedBuild> {
  const { signal, onEvent } = options;
  const emit = eventEmitter((event) => onEvent?.(event), Date.now);
  try {
    const read = readBuild(resolveOptions(options), emit);
    const early = prepareWithoutImages(read, emit);
    return await withBuildSession(read, { emit, signal }, async (session) => {
      const prepared = early ?? (await prepareOnImages(read, session.images, emit));
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

/** What evaluating a step needs, and the trees of the stages so far. */
interface Evaluating {
  readonly context: SolveContext;
  readonly journal: StepJournal;
  readonly explainer: StepExplainer;
  readonly form: string;
  readonly solved: Map<number, { readonly root: StageRoot }>;
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
    lookedUp: undefined,
  });
  const explainer = new StepExplainer({ steps: planned, last, cache, isDamaged });
  const form = layerForm(layerEncoding(options.compression, options.times));
  const evaluating: Evaluating = { context, journal, explainer, form, solved: new Map(), made: new Set() };
  const byId = new Map(planned.map((step) => [step.id, step]));
  const steps: EvaluatedStep[] = [];
  for (const { index, base, steps: own } of plan.stages) {
    let root = startRoot(base, evaluating);
    for (const step of own) {
      const evaluated = await evaluateStep(named(byId, step), root, evaluating);
      steps.push(evaluated.step);
      root = evaluated.root;
    }
    evaluating.solved.set(index, { root });
  }
  return steps;
}

function startRoot(base: StageBase, { solved, context }: Evaluating): StageRoot {
  if (base.kind === "image") return context.imageRoots.of(base.from.image);
  const below = base.kind === "stage" ? solved.get(base.index)?.root : undefined;
  return below ?? StageRoot.empty(context.layerFiles);
}

function named(byId: ReadonlyMap<string, PlannedStep>, { id }: Step): PlannedStep {
  const planned = byId.get(id);
  if (planned === undefined) throw new TypeError(`step ${id} was not planned`);
  return planned;
}

interface Evaluated {
  readonly step: EvaluatedStep;
  readonly root: StageRoot;
}

async function evaluateStep(
  planned: PlannedStep,
  root: StageRoot,
  evaluating: Evaluating,
): Promise<Evaluated> {
  const { context, solved } = evaluating;
  const { step } = planned;
  context.signal?.throwIfAborted();
  try {
    if (looksBelow(step)) await root.ready();
    await context.watcher.begins(step, root.snapshot());
    const input: StepInput = { root, solved, context };
    return await lookUpChanges(planned, { changes: await stepChanges(step, input), root }, evaluating);
  } catch (error) {
    throw withPlace(error, step, context.file);
  }
}

async function lookUpChanges(
  planned: PlannedStep,
  { changes, root }: { readonly changes: ChangeSet; readonly root: StageRoot },
  { context, journal, explainer, form, made }: Evaluating,
): Promise<Evaluated> {
  const before = hashWork(changes);
  const contentDigest = await digestChanges(changes, { signal: context.signal });
  const after = hashWork(changes);
  const found = await lookUpContent({ contentDigest, totals: changeTotals(changes), form }, context);
  const { key, record, hit } = found;
  const isThere = hit !== undefined || (context.cacheUse === "read-write" && made.has(contentDigest));
  made.add(contentDigest);
  const explanation = await explainer.explain(planned, journal.inputsOf(planned.id), {
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
  return { step, root: rootAfter(root, changes, found) };
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
