import { describeReasons } from "../../explain/describe-reasons.js";
import type { StepExplanation } from "../../explain/step-explanation.js";
import { columnsOf, fitColumns, padColumns } from "../columns-of.js";
import { type Paint, paint } from "../paint.js";
import type { LineStyle } from "../progress/tty-lines.js";
import { safeText } from "../safe-text.js";

/** Instructions take no more of a line than this share, so that what is said of them has room. */
const NAME_SHARE = 0.4;
const GAP = "  ";
const REASON_INDENT = "    ";
const DETAIL_INDENT = "      ";

export const verdictColors: Readonly<Record<Verdict, Paint>> = {
  hit: "green",
  cached: "green",
  miss: "yellow",
  executed: "yellow",
  unknown: "cyan",
};

type Verdict = StepExplanation["verdict"] | "cached" | "executed";

/** What a line tells of: a step, how it goes or went, and why. */
export interface ToldStep extends Pick<StepExplanation, "stage" | "instruction" | "destination" | "reasons"> {
  readonly verdict: Verdict;
  readonly importedFrom?: string | undefined;
}

/** The explanations as lines: the instruction, `hit` or `miss:` and why, below each other; what more there is to say of
 * a miss stands below it. Reasons are not cut off, since half a path is of no use. */
export function explanationLines(steps: readonly ToldStep[], style: LineStyle): readonly string[] {
  const names = stepNames(steps, style);
  const width = nameWidth(names);
  return steps.flatMap((step, index) => {
    const [first = "", ...more] = verdictLines(step, style);
    return [`${padColumns(names[index] ?? "", width)}${GAP}${first}`, ...more];
  });
}

/** Each step by its instruction, with its stage where there are several, none longer than its share of a line. */
export function stepNames(
  steps: readonly Pick<StepExplanation, "stage" | "instruction">[],
  { width }: LineStyle,
): readonly string[] {
  const isStaged = new Set(steps.map(({ stage }) => stage)).size > 1;
  const most = Math.floor(width * NAME_SHARE);
  return steps.map(({ stage, instruction }) =>
    fitColumns(safeText(isStaged ? `[${stage}] ${instruction}` : instruction), most),
  );
}

/** The columns that the longest name takes. */
function nameWidth(names: readonly string[]): number {
  return Math.max(0, ...names.map(columnsOf));
}

function verdictLines(explanation: ToldStep, style: LineStyle): readonly string[] {
  const { verdict, importedFrom } = explanation;
  const origin = importedFrom === undefined ? "" : ` (imported from ${safeText(importedFrom)})`;
  const shown = `${paint(verdict, verdictColors[verdict], style)}${origin}`;
  const [first, ...more] = describeReasons(explanation).flatMap(({ headline, details }) => [
    `${REASON_INDENT}${safeText(headline)}`,
    ...details.map((detail) => `${DETAIL_INDENT}${paint(safeText(detail), "dim", style)}`),
  ]);
  return first === undefined ? [shown] : [`${shown}: ${first.trimStart()}`, ...more];
}
