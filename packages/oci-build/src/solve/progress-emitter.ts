import type { StepInfo } from "../events/build-event.js";
import type { SolveContext } from "./solve-context.js";

const PROGRESS_INTERVAL_MS = 200;

/** Tells how far a layer is, a few times a second. */
export function progressEmitter(
  step: StepInfo,
  totalBytes: number,
  { emit, now }: Pick<SolveContext, "emit" | "now">,
): (doneBytes: number) => void {
  let nextMs = now() + PROGRESS_INTERVAL_MS;
  return (doneBytes) => {
    const timeMs = now();
    if (timeMs < nextMs) return;
    nextMs = timeMs + PROGRESS_INTERVAL_MS;
    emit({ type: "step.progress", step, doneBytes, totalBytes });
  };
}
