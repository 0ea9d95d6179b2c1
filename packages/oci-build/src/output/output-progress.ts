import type { EmitEvent, OutputInfo } from "../events/build-event.js";

/** Often enough for people, and rare enough to cost nothing. */
const EVERY_MS = 100;

/** How far an output is. */
export interface OutputBytes {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Tells of an output's bytes as they go, the first time at once and then now and again. */
export function outputProgress(label: OutputInfo, emit: EmitEvent): (bytes: OutputBytes) => void {
  let toldMs = Number.NEGATIVE_INFINITY;
  return ({ doneBytes, totalBytes }) => {
    const nowMs = performance.now();
    if (nowMs - toldMs < EVERY_MS) return;
    toldMs = nowMs;
    emit({ type: "output.progress", ...label, doneBytes, totalBytes });
  };
}
