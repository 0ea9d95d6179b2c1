import { type BuildForecast, type ForecastStep, plan } from "../../explain/build-report.js";
import { columnsOf, padColumns } from "../columns-of.js";
import { paint } from "../paint.js";
import { formatBytes } from "../progress/format-quantity.js";
import type { LineStyle } from "../progress/tty-lines.js";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { stepNames, verdictColors } from "./explanation-lines.js";
import { runReport } from "./run-report.js";

/** `oci-build plan [options] CONTEXT`: a table of what a build would take from the cache, hash and compress. */
export function runPlan(args: readonly string[], process: CliProcess): Promise<number> {
  return runReport({ name: "plan", evaluate: plan, lines: planLines }, args, process);
}

const GAP = "  ";
const HEADS = ["STEP", "CACHE", "TO HASH", "TO COMPRESS"] as const;

function planLines(forecast: BuildForecast, style: LineStyle): readonly string[] {
  const { steps } = forecast;
  const names = stepNames(steps, style);
  const rows = steps.map((step, index) => [names[index] ?? "", step.verdict, ...workCells(step)]);
  const misses = steps.filter(({ verdict }) => verdict !== "hit").length;
  const total = [
    "total",
    misses === 0 ? "all hit" : `${misses} of ${steps.length} miss`,
    ...workCells(forecast),
  ];
  const [head, ...lines] = columns([HEADS, ...rows, total]);
  return [
    paint(head ?? "", "bold", style),
    ...lines.map((line, index) => painted(line, steps[index]?.verdict, style)),
    ...importLines(steps),
  ];
}

/** How many hits were copied from each import. */
function importLines(steps: readonly ForecastStep[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { importedFrom: dir } of steps) {
    if (dir !== undefined) counts.set(dir, (counts.get(dir) ?? 0) + 1);
  }
  return Array.from(counts, ([dir, count]) => `${count} imported from ${safeText(dir)}`);
}

function workCells(
  work: Pick<ForecastStep, "filesHashed" | "bytesHashed" | "compressBytesMax">,
): readonly string[] {
  const { filesHashed, bytesHashed, compressBytesMax } = work;
  const files = `${filesHashed} ${filesHashed === 1 ? "file" : "files"}, ${formatBytes(bytesHashed)}`;
  return [
    filesHashed === 0 ? "-" : files,
    compressBytesMax === 0 ? "-" : `up to ${formatBytes(compressBytesMax)}`,
  ];
}

/** Rows as lines whose columns stand below each other. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEADS.map((_, column) => Math.max(...rows.map((row) => columnsOf(row[column] ?? ""))));
  return rows.map((row) =>
    row
      .map((cell, column) => padColumns(cell, widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

/** The verdict of a row in its colour; it stands alone between blanks. */
function painted(line: string, verdict: ForecastStep["verdict"] | undefined, style: LineStyle): string {
  if (verdict === undefined) return paint(line, "dim", style);
  const at = line.lastIndexOf(`${GAP}${verdict}`) + GAP.length;
  return line.slice(0, at) + paint(verdict, verdictColors[verdict], style) + line.slice(at + verdict.length);
}
