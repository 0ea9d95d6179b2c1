import type { BuildEvent } from "../../events/build-event.js";
import { safeText } from "../safe-text.js";
import { exportName, fetchedName, imageWork, nameOutput, outputWork } from "./describe-event.js";
import { outputLines } from "./output-lines.js";

/** As BuildKit shows of each command. */
export const OUTPUT_MAX_ROWS = 6;

/** One piece of work that is on the screen while it runs. */
export interface RunningWork {
  readonly name: string;
  readonly startedMs: number;
  readonly doneShare: number | undefined;
  /** The last lines that a command wrote. */
  readonly output: readonly string[];
}

/** Keeps the running work, by id, as an event changes it. */
export function takeEvent(running: Map<string, RunningWork>, event: BuildEvent): void {
  switch (event.type) {
    case "image.resolving":
      running.set(imageWork(event), newWork(`load metadata for ${event.image.name}`, event.timeMs));
      return;
    case "image.resolved":
      running.delete(imageWork(event));
      return;
    case "layer.fetching":
      running.set(event.layer.digest, newWork(fetchedName(event.layer), event.timeMs));
      return;
    case "layer.progress": {
      const { layer, doneBytes, timeMs } = event;
      const work = running.get(layer.digest) ?? newWork(fetchedName(layer), timeMs);
      running.set(layer.digest, { ...work, doneShare: doneShare({ doneBytes, totalBytes: layer.size }) });
      return;
    }
    case "layer.fetched":
      running.delete(event.layer.digest);
      return;
    case "cache.exporting":
      running.set(`export ${event.dir}`, newWork(exportName(event), event.timeMs));
      return;
    case "cache.exported":
      running.delete(`export ${event.dir}`);
      return;
    case "context.started":
      running.set(`context ${event.root}`, newWork(`scan ${event.root}`, event.timeMs));
      return;
    case "context.scanned":
      running.delete(`context ${event.root}`);
      return;
    case "step.started":
      running.set(event.step.id, newWork(event.step.name, event.timeMs));
      return;
    case "step.progress": {
      const work = running.get(event.step.id) ?? newWork(event.step.name, event.timeMs);
      running.set(event.step.id, { ...work, doneShare: doneShare(event) });
      return;
    }
    case "step.output": {
      const work = running.get(event.step.id) ?? newWork(event.step.name, event.timeMs);
      const output = [...work.output, ...outputLines(event.text)].slice(-OUTPUT_MAX_ROWS);
      running.set(event.step.id, { ...work, output });
      return;
    }
    case "step.finished":
    case "step.failed":
      running.delete(event.step.id);
      return;
    case "output.started":
      running.set(outputWork(event), newWork(nameOutput(event), event.timeMs));
      return;
    case "output.progress": {
      const work = running.get(outputWork(event)) ?? newWork(nameOutput(event), event.timeMs);
      running.set(outputWork(event), { ...work, doneShare: doneShare(event) });
      return;
    }
    case "output.finished":
      running.delete(outputWork(event));
      return;
    case "warning":
    case "cache.imported":
    case "stage.based":
    case "base.explained":
    case "step.explained":
    case "build.started":
    case "build.planned":
    case "build.finished":
    case "build.failed":
      return;
  }
}

function doneShare({
  doneBytes,
  totalBytes,
}: {
  readonly doneBytes: number;
  readonly totalBytes: number;
}): number | undefined {
  return totalBytes === 0 ? undefined : doneBytes / totalBytes;
}

function newWork(name: string, startedMs: number): RunningWork {
  return { name: safeText(name), startedMs, doneShare: undefined, output: [] };
}
