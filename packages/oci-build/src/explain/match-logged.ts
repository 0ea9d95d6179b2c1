import type { BuildLog, LoggedStep } from "@oci-build/cache";
import { type MatchableStep, matchSteps } from "./match-steps.js";
import { readInputs } from "./step-inputs.js";

/** For each step of a build, by id, what it was in a logged one. */
export function matchLogged(
  last: BuildLog | undefined,
  steps: readonly MatchableStep[],
): ReadonlyMap<string, LoggedStep> {
  return matchSteps((last?.steps ?? []).flatMap(matchable), steps);
}

/** A logged step as matching takes it; steps that something else has logged are left out. */
function matchable(step: LoggedStep): readonly (LoggedStep & MatchableStep)[] {
  const inputs = readInputs(step.fields);
  return inputs === undefined ? [] : [{ ...step, stage: step.stage ?? "", instruction: inputs.instruction }];
}
