import type { Executor } from "./executor.js";
import type { OpenExecutorOptions } from "./executor-options.js";
import { executorUnavailable } from "./executor-unavailable.js";
import { executorWarnings } from "./executor-warnings.js";
import { type OpenSurroundings, openSurroundings } from "./open-surroundings.js";
import type { Backend, BackendParts } from "./run/backend.js";
import { LocalExecutor } from "./run/local-executor.js";
import { runtimeBackend } from "./runtime/runtime-backend.js";
import { findRuntime } from "./runtimes.js";
import { currentCaller } from "./space/caller.js";
import { fidelityOf } from "./space/id-space.js";
import { UnpackedLayers } from "./unpack/unpacked-layers.js";
import { UtilLinuxBackend } from "./util-linux/util-linux-backend.js";

/** Opens an executor on this host: see `openExecutor`. */
export async function openLocalExecutor(options: OpenExecutorOptions): Promise<Executor> {
  const host = await openSurroundings(options);
  if (host.obstacle !== undefined) throw executorUnavailable(options.steps, host.obstacle);
  const surroundings = { ...host, overlay: host.facts.overlay, dir: options.dir, caller: currentCaller() };
  const warnings = [...host.found.warnings, ...executorWarnings(surroundings)];
  for (const warning of warnings) options.onWarning?.(warning);
  return assemble(host, options);
}

function assemble(host: OpenSurroundings, { dir, env, onWarning }: OpenExecutorOptions): Executor {
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
