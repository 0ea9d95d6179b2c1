import type { BuildEvent } from "../../events/build-event.js";
import { columnsOf, fitColumns, padColumns } from "../columns-of.js";
import { paint } from "../paint.js";
import { safeText } from "../safe-text.js";
import {
  describeOutput,
  describeWarning,
  exportName,
  fetchedName,
  importedName,
  nameOutput,
  recordCount,
} from "./describe-event.js";
import { formatSeconds } from "./format-quantity.js";
import { OUTPUT_MAX_ROWS, type RunningWork } from "./running-work.js";

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

const OUTPUT_INDENT = "  │ ";

/** Whether to colour, and how many columns there are. */
export interface LineStyle {
  readonly color: boolean;
  readonly width: number;
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
