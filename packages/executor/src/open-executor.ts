import { findRuntime } from "./choose-backend.js";
import type { ExecFidelity, Executor } from "./executor.js";
import type { ExecutorWarning, OpenExecutorOptions } from "./executor-options.js";
import { executorUnavailable } from "./executor-unavailable.js";
import { findExecutor, type OpenedHost, openFound } from "./find-executor.js";
import type { Backend, BackendParts } from "./run/backend.js";
import { LocalExecutor } from "./run/local-executor.js";
import { runtimeBackend } from "./runtime/runtime-backend.js";
import { currentCaller } from "./space/caller.js";
import type { IdMapping } from "./space/id-space.js";
import { adviseOnSingleId, describeSingleId, type SingleIdReason } from "./space/single-id.js";
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
  for (const warning of warningsOf(host, options)) options.onWarning?.(warning);
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

function warningsOf(host: OpenedHost, { dir }: OpenExecutorOptions): readonly ExecutorWarning[] {
  const { found, single, idCount, facts } = host;
  const warnings = [...found.warnings];
  if (single !== undefined) warnings.push(singleIdWarning(single));
  else if (idCount < IMAGE_IDS) {
    warnings.push({
      code: "EXECUTOR_FEW_IDS",
      message: `RUN has ${idCount} user ids, and images use those up to ${IMAGE_IDS - 1}: files of the others cannot be made`,
      hint: "Have an administrator make the ranges in /etc/subuid and /etc/subgid 65536 long.",
    });
  }
  if (facts.overlay === undefined) {
    warnings.push({
      code: "EXECUTOR_NO_OVERLAY",
      message: `each RUN copies its whole root file system, since that of ${dir} can hold no overlay`,
      hint: "Put the store on ext4, xfs, btrfs or tmpfs with --cache-dir.",
    });
  }
  return warnings;
}

/** 65534 is the highest that distributions use: nobody. */
const IMAGE_IDS = 65_535;

function singleIdWarning(single: SingleIdReason): ExecutorWarning {
  const caller = currentCaller();
  return {
    code: "EXECUTOR_SINGLE_ID",
    message: `RUN has one user id only, since ${describeSingleId(single, caller)}: all files belong to root, and chown to others, USER and package managers that drop rights fail`,
    hint: adviseOnSingleId(single, caller),
  };
}
