import { buildPrepared } from "./build-prepared.js";
import { type BuildContext, type RunContext, withBuildSession } from "./build-session.js";
import { eventEmitter, type StepOutcome } from "./events/build-event.js";
import { errorSummary } from "./events/error-summary.js";
import type { StepExplanation } from "./explain/step-explanation.js";
import type { BuildOptions } from "./options/build-options.js";
import type { BuildResult, BuiltStep } from "./options/build-result.js";
import { type ResolvedOptions, resolveOptions } from "./options/resolve-options.js";
import type { ResultContext } from "./output/write-result.js";
import { prepareWithoutImages, readBuild } from "./prepare-build.js";
import { prepareRuns } from "./prepare-runs.js";
import { abortReason } from "./solve/abort-reason.js";
import { type ExecutorFactory, hostExecutors } from "./solve/executor-source.js";

/** Builds a Dockerfile into an image.
 *
 * Files that the build writes (output, iidFile, metadataFile, the cache's folder) are never part of its context. An
 * output is whole or untouched, whatever happens. Several builds may run at once, also on one cache.
 * @throws OciBuildError: docs/errors.md lists the codes. An error of a step has its place in `data.place`, errors of
 *   the Dockerfile itself are in `data.diagnostics`. */
export function build(options: BuildOptions = {}): Promise<BuildResult> {
  return buildWith(options, hostExecutors);
}

/** Builds with certain executors. */
export async function buildWith(options: BuildOptions, executors: ExecutorFactory): Promise<BuildResult> {
  // By id: a step that is run again, because a blob was damaged, counts once.
  const steps = new Map<string, BuiltStep>();
  const explained = new Map<string, StepExplanation>();
  const emit = eventEmitter((event) => {
    if (event.type === "step.explained") explained.set(event.step.id, event.explanation);
    if (event.type === "step.finished") {
      const explanation = explained.get(event.step.id);
      steps.set(event.step.id, { name: event.step.name, ...event.outcome, explanation });
    }
    options.onEvent?.(event);
  }, Date.now);
  try {
    options.signal?.throwIfAborted();
    const context = { emit, signal: options.signal, executors };
    const { order, ...result } = await run(resolveOptions(options), context, steps);
    return { ...result, steps: order.flatMap((id) => steps.get(id) ?? []) };
  } catch (error) {
    const failure = abortReason(options.signal, error);
    emit({ type: "build.failed", error: errorSummary(failure) });
    throw failure;
  }
}

/** A result with the ids of its steps in the plan's order, whichever was the first to be done. */
interface OrderedResult extends Omit<BuildResult, "steps"> {
  readonly order: readonly string[];
}

/** `outcomes` fills while the steps are run. */
async function run(
  options: ResolvedOptions,
  context: BuildContext,
  outcomes: ReadonlyMap<string, StepOutcome>,
): Promise<OrderedResult> {
  const startedMs = Date.now();
  const { emit } = context;
  const read = readBuild(options, emit);
  // What can be known to be wrong is told before anything is written.
  const early = prepareWithoutImages(read, emit);
  const loaders = await loadersOf(options, context);
  await checkExports(options);
  const built = await withBuildSession(read, context, async (session) => {
    const prepared = await prepareRuns(read, early, { session, emit });
    const result = await buildPrepared(prepared, { ...context, session, loaders, outcomes, startedMs });
    return { ...result, order: prepared.steps.map(({ id }) => id) };
  });
  // The session's end may have something to warn of, too.
  emit({ type: "build.finished", digest: built.digest, durationMs: Date.now() - startedMs });
  return built;
}

/** What loads the outputs that are to be loaded; looked for only where there are some. */
async function loadersOf(
  { env, outputs }: ResolvedOptions,
  { signal }: RunContext,
): Promise<ResultContext["loaders"]> {
  if (!outputs.some(({ kind }) => kind === "load")) return new Map();
  const { findLoaders } = await import("./output/find-loader.js");
  return findLoaders(outputs, { env, signal });
}

/** Makes sure that caches can be exported where they are to go, before anything is done. */
async function checkExports({ shared }: ResolvedOptions): Promise<void> {
  if (shared.exports.length === 0) return;
  const { checkPlaces } = await import("./share/export-build.js");
  await checkPlaces(shared.exports);
}
