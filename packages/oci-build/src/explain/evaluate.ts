import { type BuildLog, layerForm } from "@oci-build/cache";
import { isOciBuildError } from "@oci-build/oci";
import { type BuildSession, withBuildSession } from "../build-session.js";
import { eventEmitter } from "../events/build-event.js";
import type { BuildOptions } from "../options/build-options.js";
import { layerEncoding } from "../options/compression.js";
import { resolveOptions } from "../options/resolve-options.js";
import type { StageBase, Step } from "../plan/step.js";
import { type PreparedBuild, prepareOnImages, prepareWithoutImages, readBuild } from "../prepare-build.js";
import { abortReason } from "../solve/abort-reason.js";
import { type ExecutorFactory, hostExecutors } from "../solve/executor-source.js";
import { StageRoot } from "../solve/stage-root.js";
import { type EvaluatedStage, type EvaluatedStep, type Evaluating, evaluateStep } from "./evaluate-step.js";
import { lastReasons } from "./last-reasons.js";
import type { PlannedStep } from "./planned-steps.js";
import { StepExplainer } from "./step-explainer.js";
import type { MissReason } from "./step-explanation.js";
import { StepJournal } from "./step-journal.js";

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
 * imports, which is taken into the cache; records that hit count as used. A cache that is named and not there is not made.
 * @throws OciBuildError as `build` before it executes anything */
export async function evaluate(
  options: BuildOptions,
  history: "last reasons" | "no reasons",
  executors: ExecutorFactory = hostExecutors,
): Promise<EvaluatedBuild> {
  const { signal, onEvent } = options;
  const emit = eventEmitter((event) => onEvent?.(event), Date.now);
  // What is learned is worth keeping, but not where the path may have a mistake.
  const whenMissing = options.cacheDir === undefined ? "make" : "leave";
  try {
    const read = readBuild(resolveOptions(options), emit);
    const early = prepareWithoutImages(read, emit);
    return await withBuildSession(read, { emit, signal, executors, whenMissing }, async (session) => {
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

async function evaluateSteps(
  { plan, steps: planned, options }: PreparedBuild,
  { cache, isDamaged, importedFrom, solveContext }: BuildSession,
  last: BuildLog | undefined,
): Promise<readonly EvaluatedStep[]> {
  const journal = new StepJournal(planned);
  const context = solveContext({
    begins: (step, parent) => journal.begins(step, parent),
    keyed: () => undefined,
    lookedUp: undefined,
  });
  const explainer = new StepExplainer({ steps: planned, last, cache, isDamaged, importedFrom });
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
