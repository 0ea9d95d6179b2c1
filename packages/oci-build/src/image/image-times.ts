import type { TimePolicy } from "@oci-build/cache";
import type { PlannedHistory } from "../plan/step.js";
import type { SolvedStep } from "../solve/solved-step.js";

/** Seconds since 1970 as an image's JSON has them. */
export function formatTime(seconds: number, times: TimePolicy): string {
  const shown = times.kind === "keep" ? seconds : Math.min(seconds, times.epochSec);
  return `${new Date(shown * 1000).toISOString().slice(0, -".000Z".length)}Z`;
}

/** When each line of a history was made. All times come from records, so that a build that runs nothing gives the
 * same image: a line without a step has the time of the step before it, else of the one behind it, else the image's. */
export function historyTimes(
  history: readonly PlannedHistory[],
  steps: ReadonlyMap<string, SolvedStep>,
  imageSec: number,
): readonly number[] {
  const own = history.map(({ stepId }) => (stepId === undefined ? undefined : steps.get(stepId)?.createdSec));
  const first = own.find((seconds) => seconds !== undefined) ?? imageSec;
  let last = first;
  return own.map((seconds) => {
    last = seconds ?? last;
    return last;
  });
}
