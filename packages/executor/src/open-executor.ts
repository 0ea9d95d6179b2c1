import type { Executor, ExecFidelity } from "./executor.js";
import type { OpenExecutorOptions } from "./executor-options.js";
import { requireExecutor } from "./require-executor.js";

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
  requireExecutor(options.steps);
  return await Promise.resolve(undefined);
}

/** Opens an executor, for the first step that is really run. The caller disposes of it.
 * @throws OciBuildError EXECUTOR_UNAVAILABLE */
export async function openExecutor(options: OpenExecutorOptions): Promise<Executor> {
  requireExecutor(options.steps);
  return await Promise.reject(new Error("there is no executor yet"));
}
