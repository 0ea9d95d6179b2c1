import type { BuildEvent } from "../../events/build-event.js";
import { columnsOf, fitColumns, padColumns } from "../columns-of.js";
import { paint } from "../paint.js";
import { safeText } from "../safe-text.js";
import {
  describeOutput,
  describeWarning,
  exportName,
  fetchedName,
  imageWork,
  importedName,
  nameOutput,
  outputWork,
  recordCount,
} from "./describe-event.js";
import { formatSeconds } from "./format-quantity.js";
import { outputLines } from "./output-lines.js";

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** As BuildKit shows of each command. */
const OUTPUT_MAX_ROWS = 6;
const OUTPUT_INDENT = "  │ ";

/** Whether to colour, and how many columns there are. */
export interface LineStyle {
  readonly color: boolean;
  readonly width: number;
}

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

/** The lines that an event leaves behind. */
export function finishedLines(event: BuildEvent, style: LineStyle): readonly string[] {
  switch (event.type) {
    case "context.scanned":
      return [doneLine(`scan: ${event.entries} entries`, event.durationMs, style)];
    case "stage.based":
      return [`${paint("✓", "green", style)} ${fitColumns(safeText(event.step.name), style.width - 2)}`];
    case "cache.imported":
      return [doneLine(importedName(event), event.durationMs, style)];
    case "cache.exported":
      return [doneLine(`${exportName(event)}: ${recordCount(event)}`, event.durationMs, style)];
    case "layer.fetched":
      return [doneLine(fetchedName(event.layer), event.durationMs, style)];
    case "step.finished":
      return event.outcome.status === "cached"
        ? [cachedLine(event.step.name, style)]
        : [doneLine(event.step.name, event.durationMs, style)];
    case "step.failed":
      return [`${paint("✗", "red", style)} ${fitColumns(safeText(event.step.name), style.width - 2)}`];
    case "output.finished":
      return [doneLine(`${nameOutput(event)} ${describeOutput(event)}`, event.durationMs, style)];
    case "warning":
      return [`${paint("warning", "yellow", style)}: ${safeText(describeWarning(event))}`];
    case "image.resolving":
    case "image.resolved":
    case "layer.fetching":
    case "layer.progress":
    case "cache.exporting":
    case "context.started":
    case "step.started":
    case "step.progress":
    case "step.output":
    case "base.explained":
    case "step.explained":
    case "output.started":
    case "output.progress":
    case "build.started":
    case "build.planned":
    case "build.finished":
    case "build.failed":
      return [];
  }
}

/** The rows of all work that goes on: what is told of each, and below it the last lines of its command, as far as there
 * is room for them. */
export function runningRows(
  works: readonly RunningWork[],
  maxRows: number,
  draw: { readonly frame: number; readonly nowMs: number; readonly style: LineStyle },
): readonly string[] {
  const shown = works.slice(0, maxRows);
  const speaking = shown.filter(({ output }) => output.length > 0).length;
  const room = speaking === 0 ? 0 : Math.floor((maxRows - shown.length) / speaking);
  return shown.flatMap((work) => [
    runningLine(work, draw),
    ...lastLines(work, Math.min(room, OUTPUT_MAX_ROWS)).map((line) => outputRow(line, draw.style)),
  ]);
}

function lastLines({ output }: RunningWork, count: number): readonly string[] {
  return count === 0 ? [] : output.slice(-count);
}

function outputRow(line: string, style: LineStyle): string {
  const text = fitColumns(line.replaceAll("\t", "  "), Math.max(style.width - OUTPUT_INDENT.length - 1, 0));
  return paint(`${OUTPUT_INDENT}${text}`, "dim", style);
}

/** The line of work that goes on. */
function runningLine(
  { name, startedMs, doneShare }: RunningWork,
  { frame, nowMs, style }: { readonly frame: number; readonly nowMs: number; readonly style: LineStyle },
): string {
  const share = doneShare === undefined ? "" : `${Math.floor(doneShare * 100)}% `;
  const time = share + formatSeconds(nowMs - startedMs);
  const spinner = paint(SPINNER[frame % SPINNER.length] ?? "", "cyan", style);
  return `${spinner} ${alignRight(name, time, style.width - 2)}`;
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

function cachedLine(name: string, style: LineStyle): string {
  const mark = `${paint("✓", "green", style)} ${paint("CACHED", "dim", style)} `;
  return mark + fitColumns(safeText(name), style.width - "✓ CACHED ".length);
}

function doneLine(name: string, durationMs: number, style: LineStyle): string {
  const text = alignRight(safeText(name), formatSeconds(durationMs), style.width - 2);
  return `${paint("✓", "green", style)} ${text}`;
}

/** Text at the left, time at the right edge, never wider than the terminal: a wrapped line could not be redrawn. */
function alignRight(name: string, time: string, width: number): string {
  const room = width - columnsOf(time) - 1;
  return room < 1 ? fitColumns(name, width) : `${padColumns(fitColumns(name, room), room)} ${time}`;
}
