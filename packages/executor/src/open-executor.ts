import { findRuntime } from "./choose-backend.js";
import type { ExecFidelity, Executor } from "./executor.js";
import type { OpenExecutorOptions } from "./executor-options.js";
import { executorUnavailable } from "./executor-unavailable.js";
import { executorWarnings } from "./executor-warnings.js";
import { findExecutor, type OpenedHost, openFound } from "./find-executor.js";
import type { Backend, BackendParts } from "./run/backend.js";
import { LocalExecutor } from "./run/local-executor.js";
import { runtimeBackend } from "./runtime/runtime-backend.js";
import { currentCaller } from "./space/caller.js";
import type { IdMapping } from "./space/id-space.js";
import { UnpackedLayers } from "./unpack/unpacked-layers.js";
import { UtilLinuxBackend } from "./util-linux/util-linux-backend.js";

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
  const found = await findExecutor(options);
  if (found.obstacle !== undefined) throw executorUnavailable(options.steps, found.obstacle);
  return { name: found.name, fidelity: fidelityOf(found.mapping) };
}

/** Opens an executor, for the first step that is really run. The caller disposes of it. Warnings come before it is given.
 * @throws OciBuildError EXECUTOR_UNAVAILABLE */
export async function openExecutor(options: OpenExecutorOptions): Promise<Executor> {
  const host = await openFound(options);
  if (host.obstacle !== undefined) throw executorUnavailable(options.steps, host.obstacle);
  const surroundings = { ...host, overlay: host.facts.overlay, dir: options.dir, caller: currentCaller() };
  for (const warning of [...host.found.warnings, ...executorWarnings(surroundings)])
    options.onWarning?.(warning);
  return assemble(host, options);
}

function assemble(host: OpenedHost, { dir, env, onWarning }: OpenExecutorOptions): Executor {
  const { space, facts, found } = host;
  const { programs, overlay } = facts;
  // Without overlays the marks are only read by us; so they may be of the kind that can be made everywhere.
  const overlayXattrs = overlay?.xattrs ?? "user";
  return new LocalExecutor({
    space,
    fidelity: fidelityOf(space.mapping),
    layers: new UnpackedLayers({ dir, space, programs, overlayXattrs, onWarning }),
    facts,
    backend: backendOf(found.name, host, env),
    dir,
    env,
  });
}

/** A runtime that went away since it was found fails as one that is broken does. */
function backendOf(name: Executor["name"], parts: BackendParts, env: NodeJS.ProcessEnv): Backend {
  if (name === "util-linux") return new UtilLinuxBackend(parts);
  return runtimeBackend(findRuntime(name, env) ?? { name, program: name }, parts);
}

function fidelityOf(mapping: IdMapping): ExecFidelity {
  return mapping === "single" ? "single-id" : "full";
}
