import type { Executor } from "./executor.js";
import type { ExecutorChoice, ExecutorWarning } from "./executor-options.js";
import type { RuntimeName } from "./runtime/oci-runtime.js";
import { probeRuntime } from "./runtime/probe-runtime.js";
import { findRuntime, runtimesOf } from "./runtimes.js";
import { programEnv } from "./space/find-programs.js";
import type { HostPrograms } from "./space/host-facts.js";
import type { IdSpace } from "./space/id-space.js";
import type { ExecutorObstacle } from "./space/obstacle.js";

/** What a back end is chosen for. `env` is the caller's. */
export interface ChooseBackendOptions {
  readonly choice: ExecutorChoice;
  readonly space: IdSpace;
  readonly programs: HostPrograms;
  readonly env: NodeJS.ProcessEnv;
  readonly dir: string;
  readonly signal?: AbortSignal | undefined;
}

/** A back end that works here, and what is to be said about the ones that do not. */
export interface ChosenBackend {
  readonly name: Executor["name"];
  readonly warnings: readonly ExecutorWarning[];
  readonly obstacle?: undefined;
}

/** Takes the first runtime of the choice that runs a container, else util-linux where that may be. */
export async function chooseBackend(
  options: ChooseBackendOptions,
): Promise<ChosenBackend | { readonly obstacle: ExecutorObstacle }> {
  const warnings: ExecutorWarning[] = [];
  for (const name of runtimesOf(options.choice)) {
    const obstacle = await obstacleOf(name, options);
    if (obstacle === undefined) return { name, warnings };
    if (options.choice !== "auto") return { obstacle };
    if (obstacle.kind === "runtime-broken") warnings.push(skipped(obstacle));
  }
  return { name: "util-linux", warnings };
}

async function obstacleOf(
  name: RuntimeName,
  options: ChooseBackendOptions,
): Promise<Extract<ExecutorObstacle, { kind: "runtime-missing" | "runtime-broken" }> | undefined> {
  const runtime = findRuntime(name, options.env);
  if (runtime === undefined) return { kind: "runtime-missing", runtime: name };
  const detail = await probeRuntime(runtime, { ...options, env: programEnv(options.env) });
  return detail === undefined ? undefined : { kind: "runtime-broken", runtime: name, detail };
}

function skipped({ runtime, detail }: { runtime: RuntimeName; detail: string }): ExecutorWarning {
  return {
    code: "EXECUTOR_RUNTIME_BROKEN",
    message: `${runtime} is installed but runs no command: ${detail}`,
    hint: "Choose another with --executor to be sure what runs them.",
  };
}
