import { findProgram } from "../space/find-programs.js";
import type { OciRuntime, RuntimeName } from "./oci-runtime.js";
import { type ProbeRuntimeOptions, probeRuntime } from "./probe-runtime.js";

/** A runtime that is there and cannot run our containers. */
export interface BrokenRuntime {
  readonly name: RuntimeName;
  readonly program: string;
  readonly problem: string;
}

/** The first runtime that works, and those before it that do not. */
export interface FoundRuntime {
  readonly runtime: OciRuntime | undefined;
  readonly broken: readonly BrokenRuntime[];
}

/** The order in which runtimes are tried when none is named: crun starts a container in half of runc's time. */
export const runtimeNames: readonly RuntimeName[] = ["crun", "runc"];

/** Looks for runtimes in their order, by trying each that lies on the path.
 * @throws the reason of the signal when it is aborted */
export async function findRuntime(
  names: readonly RuntimeName[],
  options: ProbeRuntimeOptions,
): Promise<FoundRuntime> {
  const broken: BrokenRuntime[] = [];
  for (const name of names) {
    const program = findProgram(name, options.env);
    if (program === undefined) continue;
    const problem = await probeRuntime({ name, program }, options);
    if (problem === undefined) return { runtime: { name, program }, broken };
    broken.push({ name, program, problem });
  }
  return { runtime: undefined, broken };
}
