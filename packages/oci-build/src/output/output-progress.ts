import type { TransferProgress } from "@oci-build/registry";
import type { EmitEvent, OutputInfo } from "../events/build-event.js";

/** Often enough for people, and rare enough to cost nothing. */
const EVERY_MS = 100;

/** How far an output is. */
interface OutputBytes {
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

/** Progress of all blobs together; the total grows as blobs begin, since what is mounted or there already is never counted. */
export function sumOfBlobs(tell: (bytes: OutputBytes) => void): (progress: TransferProgress) => void {
  const blobs = new Map<string, TransferProgress>();
  return (progress) => {
    blobs.set(progress.digest, progress);
    let [doneBytes, totalBytes] = [0, 0];
    for (const blob of blobs.values()) {
      doneBytes += blob.doneBytes;
      totalBytes += blob.size;
    }
    tell({ doneBytes, totalBytes });
  };
}
