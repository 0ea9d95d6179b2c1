import type { BuildEvent } from "../../events/build-event.js";
import { columnsOf } from "../columns-of.js";
import { columnsIn, type OutputStream } from "../terminal.js";
import type { ProgressView } from "./create-progress.js";
import { type RunningWork, takeEvent } from "./running-work.js";
import { finishedLines, runningRows } from "./tty-lines.js";

const REDRAW_MS = 100;
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_LINE = "\u001b[2K";
const DEFAULT_ROWS = 24;

/** Finished work scrolls up as lines; what is running is redrawn below, with a spinner and its time. The terminal's
 * size is asked for at each redraw. */
export function ttyProgress(stderr: OutputStream, { color }: { readonly color: boolean }): ProgressView {
  const running = new Map<string, RunningWork>();
  let drawn: readonly string[] = [];
  let frame = 0;
  let ended = false;
  const columns = (): number => columnsIn(stderr);
  const redraw = (finished: readonly string[]): void => {
    const style = { color, width: columns() };
    const erased = erase(drawn, style.width);
    // A row that has scrolled off the screen could not be erased.
    const { rows = 0 } = stderr;
    const maxRows = (rows > 0 ? rows : DEFAULT_ROWS) - 1;
    drawn = runningRows([...running.values()], maxRows, { frame, nowMs: Date.now(), style });
    stderr.write(erased + [...finished, ...drawn].map((line) => `${CLEAR_LINE}${line}\n`).join(""));
  };
  const timer = setInterval(() => {
    frame += 1;
    if (running.size > 0) redraw([]);
  }, REDRAW_MS);
  timer.unref();
  stderr.write(HIDE_CURSOR);
  return {
    tell(event: BuildEvent) {
      if (ended) return;
      takeEvent(running, event);
      const lines = finishedLines(event, { color, width: columns() });
      if (lines.length > 0 || event.type.endsWith(".started")) redraw(lines);
    },
    end() {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      stderr.write(erase(drawn, columns()) + SHOW_CURSOR);
    },
  };
}

/** Goes up to the first of some lines and clears from there. A terminal that became narrower has wrapped them. */
function erase(lines: readonly string[], width: number): string {
  const rows = lines.map((line) => Math.max(Math.ceil(columnsOf(withoutColors(line)) / width), 1));
  const total = rows.reduce((sum, count) => sum + count, 0);
  return total === 0 ? "" : `\u001b[${total}A\r\u001b[J`;
}

function withoutColors(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  return line.replace(/\u001b\[\d+m/g, "");
}
