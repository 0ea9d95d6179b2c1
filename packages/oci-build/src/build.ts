import { type BuildLog, type Cache, layerForm } from "@oci-build/cache";
import { type BuildContext, type RunContext, withBuildSession } from "./build-session.js";
import { eventEmitter, type StepOutcome } from "./events/build-event.js";
import { errorSummary } from "./events/error-summary.js";
import { logBuild } from "./explain/log-build.js";
import { recordImages } from "./explain/logged-base.js";
import { loggedImage } from "./explain/logged-image.js";
import type { StepExplanation } from "./explain/step-explanation.js";
import { StepJournal } from "./explain/step-journal.js";
import { watchSteps } from "./explain/watch-steps.js";
import type { BuildOptions } from "./options/build-options.js";
import type { BuildResult, BuiltStep } from "./options/build-result.js";
import { layerEncoding } from "./options/compression.js";
import { type ResolvedOptions, resolveOptions } from "./options/resolve-options.js";
import type { ResultContext } from "./output/write-result.js";
import { type PreparedBuild, prepareWithoutImages, readBuild } from "./prepare-build.js";
import { prepareRuns } from "./prepare-runs.js";
import type { ExportedBuild } from "./share/export-build.js";
import { abortReason } from "./solve/abort-reason.js";
import { type ExecutorFactory, hostExecutors } from "./solve/executor-source.js";
import { repairBlobs } from "./solve/repair-blobs.js";
import { solveAndWrite } from "./solve/solve-and-write.js";

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
  const { outputs } = options;
  const loaders = await loadersOf(options, context);
  await checkExports(options);
  const built = await withBuildSession(read, context, async (session) => {
    const prepared = await prepareRuns(read, early, { session, emit });
    const { cache } = session;
    const loggedImages = await recordImages(prepared, cache);
    const journal = new StepJournal(prepared.steps);
    const watcher = await watchSteps(prepared, { session, journal, emit });
    const repeatable = outputs.every(
      (output) => output.kind !== "archive" || typeof output.dest === "string",
    );
    const { result, imageRecord } = await repairBlobs(
      () =>
        solveAndWrite(prepared, {
          ...{ ...context, loaders, registries: session.registries },
          solveContext: session.solveContext(watcher),
        }),
      { cache, emit, repeatable },
    );
    const builtSec = Math.floor(startedMs / 1000);
    const ofInstructions = journal.logged(outcomes, {
      form: layerForm(layerEncoding(options.compression, options.times)),
      last: await lastIfExecuted(outcomes, prepared, cache),
    });
    const ownSteps = [...ofInstructions, ...loggedImage(imageRecord)];
    const steps = [...loggedImages, ...ownSteps];
    await logBuild({ project: prepared.project, builtSec, tags: options.names, steps }, cache, emit);
    await exportCaches({ ...context, prepared, session, steps: ownSteps });
    await cache.tidy(options.cacheLimit);
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

/** Nothing of it is loaded where nothing is exported. */
async function exportCaches(build: ExportedBuild): Promise<void> {
  if (build.prepared.options.shared.exports.length === 0) return;
  const { exportBuild } = await import("./share/export-build.js");
  await exportBuild(build);
}

/** The build before, for the log to say what was different where something was executed. */
async function lastIfExecuted(
  outcomes: ReadonlyMap<string, StepOutcome>,
  { project }: PreparedBuild,
  cache: Pick<Cache, "lastBuild">,
): Promise<BuildLog | undefined> {
  const isExecuted = [...outcomes.values()].some(({ status }) => status === "executed");
  return isExecuted ? cache.lastBuild(project.id) : undefined;
}
