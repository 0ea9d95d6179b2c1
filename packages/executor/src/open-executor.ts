import type { ExecFidelity, Executor } from "./executor.js";
import type { ImagePlatform, OpenExecutorOptions } from "./executor-options.js";
import { executorUnavailable } from "./executor-unavailable.js";
import { type FoundExecutor, knownExecutor } from "./known-executor.js";
import { fidelityOf } from "./space/id-space.js";
import type { ExecutorObstacle } from "./space/obstacle.js";
import { runsArchitecture } from "./space/runs-architecture.js";

/** The executor that a build would get. */
export interface ExecutorAbility {
  readonly name: Executor["name"];
  readonly fidelity: ExecFidelity;
}

/** Makes sure, before a build starts, that its RUN steps can run, and says how well. Nothing stays open. What was found
 * out is kept in `dir` as long as nothing of the host has changed, so asking again costs next to nothing.
 * Undefined for a build without steps.
 * @throws OciBuildError EXECUTOR_UNAVAILABLE */
export async function checkExecutor(options: OpenExecutorOptions): Promise<ExecutorAbility | undefined> {
  if (options.steps.length === 0) return undefined;
  const found = knownExecutor(options) ?? (await findByTrying(options));
  if (found.obstacle !== undefined) throw executorUnavailable(options.steps, found.obstacle);
  checkPlatforms(options);
  return { name: found.name, fidelity: fidelityOf(found.mapping) };
}

/** Steps on one image fail together. */
function checkPlatforms({ steps, image }: Pick<OpenExecutorOptions, "steps" | "image">): void {
  for (const platform of [...steps, ...(image === undefined ? [] : [image])]) {
    const obstacle = platformObstacle(platform);
    if (obstacle === undefined) continue;
    const lacking = steps.filter(
      ({ os, architecture }) => os === platform.os && architecture === platform.architecture,
    );
    throw executorUnavailable(lacking, obstacle);
  }
}

function platformObstacle({ os, architecture }: ImagePlatform): ExecutorObstacle | undefined {
  if (os !== undefined && os !== "linux") return { kind: "image-system", os };
  if (architecture === undefined || runsArchitecture(architecture)) return undefined;
  return { kind: "architecture", architecture };
}

/** Opens an executor, for the first step that is really run. The caller disposes of it. Warnings come before it is given.
 * @throws OciBuildError EXECUTOR_UNAVAILABLE */
export async function openExecutor(options: OpenExecutorOptions): Promise<Executor> {
  checkPlatforms(options);
  const { openLocalExecutor } = await import("./open-local-executor.js");
  return await openLocalExecutor(options);
}

/** Loaded when it is needed: a build whose steps are all cached runs nothing. */
async function findByTrying(
  options: OpenExecutorOptions,
): Promise<FoundExecutor | { readonly obstacle: ExecutorObstacle }> {
  const { findExecutor } = await import("./open-surroundings.js");
  return await findExecutor(options);
}
