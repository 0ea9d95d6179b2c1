import type { ExpansionScope } from "./expand.js";
import type { StageState } from "./stage-state.js";
import type { StepVariable } from "./step.js";

/** A scope that remembers which variables were read. */
export interface RecordingScope extends ExpansionScope {
  readonly variables: () => readonly StepVariable[];
}

/** The variables of a stage at one instruction. */
export function recordingScope({ env, config, input }: StageState): RecordingScope {
  const read = new Map<string, StepVariable>();
  const get = (name: string): string | undefined => {
    const value = env.get(name);
    const isEnv = value !== undefined && config.env.get(name) === value;
    if (!read.has(name)) read.set(name, { scope: isEnv ? "ENV" : "ARG", name, value });
    return value;
  };
  return { env: { get }, input, variables: () => [...read.values()] };
}
