import type { BuildEvent } from "../../events/build-event.js";
import { escapeControls } from "../escape-controls.js";
import { paint } from "../paint.js";
import type { OutputStream } from "../terminal.js";
import type { ProgressView } from "./create-progress.js";
import { formatBytes, formatSeconds } from "./format-quantity.js";

const REDRAW_MS = 100;
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_LINE = "\u001b[2K";

interface Style {
  readonly color: boolean;
  readonly width: number;
}

/** One piece of work on the screen. */
interface Row {
  readonly name: string;
  readonly startedMs: number;
  readonly doneShare: number | undefined;
}

/** Finished work scrolls up as lines; what is running is redrawn below, with a spinner and its time. */
export function ttyProgress(stderr: OutputStream, style: Style): ProgressView {
  const running = new Map<string, Row>();
  let drawn = 0;
  let frame = 0;
  const erase = (): string => (drawn === 0 ? "" : `\u001b[${drawn}A\r\u001b[J`);
  const redraw = (finished: string): void => {
    const rows = [...running.values()].map((row) => runningLine(row, frame, style));
    stderr.write(erase() + finished + rows.map((row) => `${CLEAR_LINE}${row}\n`).join(""));
    drawn = rows.length;
  };
  const timer = setInterval(() => {
    frame += 1;
    if (running.size > 0) redraw("");
  }, REDRAW_MS);
  timer.unref();
  stderr.write(HIDE_CURSOR);
  return {
    tell(event) {
      const line = update(running, event, style);
      if (line !== undefined || isStart(event)) redraw(line === undefined ? "" : `${CLEAR_LINE}${line}\n`);
    },
    end() {
      clearInterval(timer);
      running.clear();
      stderr.write(erase() + SHOW_CURSOR);
      drawn = 0;
    },
  };
}

function isStart(event: BuildEvent): boolean {
  return event.type.endsWith(".started");
}

/** Takes an event in and gives the line that it leaves behind, if any. */
function update(running: Map<string, Row>, event: BuildEvent, style: Style): string | undefined {
  switch (event.type) {
    case "context.started":
      running.set("context", row(`scan ${event.root}`, event.timeMs));
      return undefined;
    case "context.scanned":
      running.delete("context");
      return finishedLine(`scan: ${event.entries} entries`, event.durationMs, style);
    case "step.started":
      running.set(event.step.id, row(event.step.name, event.timeMs));
      return undefined;
    case "step.progress":
      running.set(event.step.id, {
        ...(running.get(event.step.id) ?? row(event.step.name, event.timeMs)),
        doneShare: event.totalBytes === 0 ? undefined : event.doneBytes / event.totalBytes,
      });
      return undefined;
    case "step.finished":
      running.delete(event.step.id);
      return finishedStep(event, style);
    case "step.failed":
      running.delete(event.step.id);
      return `${paint("✗", "red", style)} ${fit(escapeControls(event.step.name), style.width - 2)}`;
    case "output.started":
      running.set("output", row(`write ${event.destination}`, event.timeMs));
      return undefined;
    case "output.finished":
      running.delete("output");
      return finishedLine(`write ${event.destination} ${formatBytes(event.size)}`, event.durationMs, style);
    case "warning":
      return `${paint("warning", "yellow", style)}: ${escapeControls(event.message)}`;
    case "build.started":
    case "build.planned":
    case "build.finished":
    case "build.failed":
      return undefined;
  }
}

function row(name: string, startedMs: number): Row {
  return { name: escapeControls(name), startedMs, doneShare: undefined };
}

function runningLine({ name, startedMs, doneShare }: Row, frame: number, style: Style): string {
  const share = doneShare === undefined ? "" : ` ${Math.floor(doneShare * 100)}%`;
  const time = `${share} ${formatSeconds(Date.now() - startedMs)}`;
  const spinner = paint(SPINNER[frame % SPINNER.length] ?? "", "cyan", style);
  return `${spinner} ${alignRight(name, time, style.width - 2)}`;
}

function finishedStep(event: Extract<BuildEvent, { type: "step.finished" }>, style: Style): string {
  const { outcome, step, durationMs } = event;
  if (outcome.status === "executed") return finishedLine(step.name, durationMs, style);
  const mark = `${paint("✓", "green", style)} ${paint("CACHED", "dim", style)} `;
  return mark + fit(escapeControls(step.name), style.width - "✓ CACHED ".length);
}

function finishedLine(name: string, durationMs: number, style: Style): string {
  const text = alignRight(escapeControls(name), formatSeconds(durationMs), style.width - 2);
  return `${paint("✓", "green", style)} ${text}`;
}

/** Text at the left, time at the right edge, never wider than the terminal: a wrapped line could not be redrawn. */
function alignRight(name: string, time: string, width: number): string {
  const room = Math.max(width - time.length - 1, 1);
  return `${fit(name, room).padEnd(room)} ${time}`;
}

function fit(text: string, width: number): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= width ? line : `${line.slice(0, Math.max(width - 1, 0))}…`;
}
