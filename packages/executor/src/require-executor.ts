import { executorError } from "./errors.js";

/** A RUN instruction as the Dockerfile has it. `line` is 1-based; `text` is the instruction on one line. */
export interface RunStep {
  readonly line: number;
  readonly text: string;
}

/** Steps that the message names; `data` has all. */
const NAMED_STEPS_MAX = 3;
const STEP_TEXT_MAX_LENGTH = 80;

/** Makes sure that the RUN steps of a build can run, before it starts. This version runs none, so it returns only
 * for a build without RUN.
 * @throws OciBuildError EXECUTOR_UNAVAILABLE */
export function requireExecutor(steps: readonly RunStep[]): void {
  if (steps.length === 0) return;
  const named = steps.slice(0, NAMED_STEPS_MAX).map(({ line, text }) => `line ${line}: ${shorten(text)}`);
  const rest = steps.length - named.length;
  throw executorError("EXECUTOR_UNAVAILABLE", {
    message: `cannot run ${steps.length === 1 ? "a RUN step" : `${steps.length} RUN steps`}: this version has no executor (${named.join("; ")}${rest > 0 ? `; and ${rest} more` : ""})`,
    data: { steps: steps.map(({ line, text }) => ({ line, text })) },
    hint: "Do what the RUN does before the build and COPY its result, or choose a stage without RUN with --target.",
  });
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > STEP_TEXT_MAX_LENGTH ? `${line.slice(0, STEP_TEXT_MAX_LENGTH - 1)}…` : line;
}
