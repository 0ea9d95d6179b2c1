import { type BuildExplanation, explain, type LastBuild } from "../../explain/build-report.js";
import { paint } from "../paint.js";
import type { LineStyle } from "../progress/tty-lines.js";
import type { CliProcess } from "../terminal.js";
import { baseLines } from "./base-lines.js";
import { explanationLines } from "./explanation-lines.js";
import { runReport } from "./run-report.js";

/** `oci-build explain [options] CONTEXT`: says of each step whether a build would take it from the cache and why not,
 * then what the last build did. */
export function runExplain(args: readonly string[], process: CliProcess): Promise<number> {
  return runReport({ name: "explain", evaluate: explain, lines: reportLines }, args, process);
}

function reportLines({ bases, steps, lastBuild }: BuildExplanation, style: LineStyle): readonly string[] {
  const own = steps.length === 0 ? ["no step makes a layer"] : explanationLines(steps, style);
  return [...baseLines(bases, style), ...own, "", ...lastBuildLines(lastBuild, style)];
}

function lastBuildLines(last: LastBuild | undefined, style: LineStyle): readonly string[] {
  if (last === undefined) return ["No earlier build of this context is known."];
  const time = new Date(last.builtSec * 1000)
    .toISOString()
    .replace("T", " ")
    .slice(0, "2026-11-20 10:00".length);
  const steps = last.steps.map(({ status, ...step }) => ({ ...step, verdict: status }));
  return [paint(`Last build, ${time} UTC:`, "bold", style), ...explanationLines(steps, style)];
}
