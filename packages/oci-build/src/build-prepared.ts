import { type BuildLog, type Cache, type LoggedStep, layerForm } from "@oci-build/cache";
import type { BuildContext, BuildSession } from "./build-session.js";
import type { StepOutcome } from "./events/build-event.js";
import { logBuild } from "./explain/log-build.js";
import { recordImages } from "./explain/logged-base.js";
import { loggedImage } from "./explain/logged-image.js";
import { StepJournal } from "./explain/step-journal.js";
import { watchSteps } from "./explain/watch-steps.js";
import type { BuildResult } from "./options/build-result.js";
import { layerEncoding } from "./options/compression.js";
import { goesToStream } from "./options/resolve-outputs.js";
import type { ResultContext } from "./output/write-result.js";
import type { PreparedBuild } from "./prepare-build.js";
import type { ExportedBuild } from "./share/export-build.js";
import { repairBlobs } from "./solve/repair-blobs.js";
import { type Solved, solveAndWrite } from "./solve/solve-and-write.js";

/** What building needs. `outcomes` fills while the steps are run. */
interface BuildingContext extends BuildContext, Pick<ResultContext, "loaders"> {
  readonly session: BuildSession;
  readonly outcomes: ReadonlyMap<string, StepOutcome>;
  readonly startedMs: number;
}

/** Makes the image of a build, with its outputs, and remembers the build in the cache. */
export async function buildPrepared(
  prepared: PreparedBuild,
  context: BuildingContext,
): Promise<Omit<BuildResult, "steps">> {
  const { emit, session, startedMs } = context;
  const { cache } = session;
  const { options, project } = prepared;
  const loggedImages = await recordImages(prepared, cache);
  const journal = new StepJournal(prepared.steps);
  const { result, imageRecord } = await solve(prepared, journal, context);
  const ofInstructions = await loggedSteps(prepared, journal, context);
  const ownSteps = [...ofInstructions, ...loggedImage(imageRecord)];
  const steps = [...loggedImages, ...ownSteps];
  await logBuild(
    { project, builtSec: Math.floor(startedMs / 1000), tags: options.names, steps },
    cache,
    emit,
  );
  await exportCaches({ ...context, prepared, steps: ownSteps });
  await cache.tidy(options.cacheLimit);
  return result;
}

/** Once more where a blob of the cache proves damaged. */
async function solve(
  prepared: PreparedBuild,
  journal: StepJournal,
  context: BuildingContext,
): Promise<Solved> {
  const { emit, signal, loaders, session } = context;
  const { cache, registries } = session;
  const watcher = await watchSteps(prepared, { session, journal, emit });
  const repeatable = !prepared.options.outputs.some(goesToStream);
  return repairBlobs(
    () => {
      const solveContext = session.solveContext(watcher);
      return solveAndWrite(prepared, { emit, signal, loaders, registries, solveContext });
    },
    { cache, emit, repeatable },
  );
}

/** The steps as the log has them. The build before says what was different where something was executed. */
async function loggedSteps(
  { options, project }: PreparedBuild,
  journal: StepJournal,
  { outcomes, session }: BuildingContext,
): Promise<readonly LoggedStep[]> {
  const form = layerForm(layerEncoding(options.compression, options.times));
  return journal.logged(outcomes, { form, last: await lastIfExecuted(outcomes, project.id, session.cache) });
}

async function lastIfExecuted(
  outcomes: ReadonlyMap<string, StepOutcome>,
  projectId: PreparedBuild["project"]["id"],
  cache: Pick<Cache, "lastBuild">,
): Promise<BuildLog | undefined> {
  const isExecuted = [...outcomes.values()].some(({ status }) => status === "executed");
  return isExecuted ? cache.lastBuild(projectId) : undefined;
}

/** Nothing of it is loaded where nothing is exported. */
async function exportCaches(build: ExportedBuild): Promise<void> {
  if (build.prepared.options.shared.exports.length === 0) return;
  const { exportBuild } = await import("./share/export-build.js");
  await exportBuild(build);
}
