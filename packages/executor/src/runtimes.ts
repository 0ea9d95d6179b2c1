import type { ExecutorChoice } from "./executor-options.js";
import type { OciRuntime, RuntimeName } from "./runtime/oci-runtime.js";
import { findProgram } from "./space/find-programs.js";

/** The faster one first. */
const RUNTIMES: readonly RuntimeName[] = ["crun", "runc"];

/** The runtimes that a choice allows. */
export function runtimesOf(choice: ExecutorChoice): readonly RuntimeName[] {
  if (choice === "auto") return RUNTIMES;
  return choice === "util-linux" ? [] : [choice];
}

/** A runtime by its program, or undefined when it is not installed. */
export function findRuntime(name: RuntimeName, env: NodeJS.ProcessEnv): OciRuntime | undefined {
  const program = findProgram(name, env);
  return program === undefined ? undefined : { name, program };
}
