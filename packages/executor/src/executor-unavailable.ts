import type { OciBuildError } from "@oci-build/oci";
import { executorError } from "./errors.js";
import type { RunStep } from "./executor-options.js";
import { adviseOnObstacle, describeObstacle, type ExecutorObstacle } from "./space/obstacle.js";

/** Steps that the message names; `data` has all. */
const NAMED_STEPS_MAX = 3;
const STEP_TEXT_MAX_LENGTH = 80;

/** Says which steps cannot run, why, and what would help. */
export function executorUnavailable(steps: readonly RunStep[], obstacle: ExecutorObstacle): OciBuildError {
  const named = steps.slice(0, NAMED_STEPS_MAX).map(({ line, text }) => `line ${line}: ${shorten(text)}`);
  const rest = steps.length - named.length;
  const places = named.length === 0 ? "" : ` (${named.join("; ")}${rest > 0 ? `; and ${rest} more` : ""})`;
  return executorError("EXECUTOR_UNAVAILABLE", {
    message: `cannot run ${whatOf(steps)}: ${describeObstacle(obstacle)}${places}`,
    data: { obstacle, steps: steps.map(({ line, text }) => ({ line, text })) },
    hint: adviseOnObstacle(obstacle),
  });
}

/** A command that comes from no Dockerfile has no steps. */
function whatOf(steps: readonly RunStep[]): string {
  if (steps.length === 0) return "a command";
  return steps.length === 1 ? "a RUN step" : `${steps.length} RUN steps`;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > STEP_TEXT_MAX_LENGTH ? `${line.slice(0, STEP_TEXT_MAX_LENGTH - 1)}…` : line;
}
