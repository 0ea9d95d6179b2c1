import { type CacheExport, checkExport, exportCache, type LoggedStep } from "@oci-build/cache";
import { isOciBuildError } from "@oci-build/oci";
import type { BuildSession, RunContext } from "../build-session.js";
import { readRunFields } from "../explain/run-reasons.js";
import type { ResolvedExport } from "../options/cache-options.js";
import type { BuildPlan, StagePlan } from "../plan/step.js";
import type { PreparedBuild } from "../prepare-build.js";
import { exportMounts } from "./export-mounts.js";
import { isFullFidelity } from "./shared-keys.js";

/** A build that is done, with its steps as its log has them. */
export interface ExportedBuild extends RunContext {
  readonly prepared: Pick<PreparedBuild, "options" | "plan">;
  readonly session: Pick<BuildSession, "cache" | "executors">;
  readonly steps: readonly LoggedStep[];
}

/** Makes sure that there is room for exports.
 * @throws OciBuildError CACHE_EXPORT_FOREIGN, CACHE_IO_FAILED, CACHE_NOT_WRITABLE */
export async function checkPlaces(places: readonly ResolvedExport[]): Promise<void> {
  for (const { dir, failure } of places) if (failure === "error") await checkExport(dir);
}

/** Exports what a build used to the places that its options name.
 * @throws OciBuildError CACHE_EXPORT_FOREIGN, CACHE_DISK_FULL, CACHE_NOT_WRITABLE, CACHE_IO_FAILED */
export async function exportBuild(build: ExportedBuild): Promise<void> {
  for (const place of build.prepared.options.shared.exports) {
    try {
      await exportTo(place, build);
    } catch (error) {
      if (place.failure === "error" || !isOciBuildError(error)) throw error;
      const message = `the cache is not exported to ${place.dir}: ${error.message}`;
      build.emit({ type: "warning", code: error.code, message });
    }
  }
}

async function exportTo(place: ResolvedExport, build: ExportedBuild): Promise<void> {
  const { dir, others } = place;
  const { emit, signal, session } = build;
  const stages = place.steps === "all" ? build.prepared.plan.stages : stagesOfTarget(build.prepared.plan);
  const isChosen = chosenSteps(stages);
  const onWarning = ({ code, message }: { readonly code: string; readonly message: string }): void =>
    emit({ type: "warning", code, message });
  const startedMs = Date.now();
  emit({ type: "cache.exporting", dir });
  const { records } = await exportCache({ dir, others, onWarning, signal }, async (target: CacheExport) => {
    for (const { id, key, fields, layers } of build.steps) {
      if (!isChosen(id) || !isFullFidelity(readRunFields(fields))) continue;
      await target.add(key, session.cache, ({ digest }) => layers.some((layer) => layer.digest === digest));
    }
    if (place.mounts === "yes") await exportMounts(stages, build, target);
  });
  emit({ type: "cache.exported", dir, records, durationMs: Date.now() - startedMs });
}

/** The target and the stages that it stands on: those whose layers are in the image. */
function stagesOfTarget({ stages, target }: BuildPlan): readonly StagePlan[] {
  const chain = [target];
  for (let { base } = target; base.kind === "stage"; ) {
    const { index } = base;
    const below = stages.find((stage) => stage.index === index);
    if (below === undefined) break;
    chain.push(below);
    base = below.base;
  }
  return chain;
}

/** Tells by its id whether a logged step is one of some stages, or the image's own. */
function chosenSteps(stages: readonly StagePlan[]): (id: string) => boolean {
  const ids = new Set(stages.flatMap(({ steps }) => steps.flatMap(({ id }) => [id, `${id}.content`])));
  return (id) => id === "image" || ids.has(id);
}
