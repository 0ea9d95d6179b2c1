import { GROWTH_LIMIT } from "./judge-growth.mjs";
import { verdictLine } from "./verdict-line.mjs";

/** @typedef {import("./report.mjs").Report} Report */
/** @typedef {import("../options.mjs").Size} Size */

/** The verdicts, and what did not run. @param {Report} report @param {Size} size */
export function verdictLines(report, size) {
  return [
    "",
    // Times of tiny projects mean nothing.
    ...(size === "smoke" ? [] : verdictsOf(report)),
    ...report.problems.map((problem) => verdictLine("note", problem)),
  ];
}

/** @param {Report} report */
function verdictsOf({ groups, growth }) {
  const figures = groups.flatMap((group) => group.figures);
  const lines = figures.flatMap(({ scenario, time, memory, ours, limit, maxRssMb, baseline }) => [
    verdictLine(
      time,
      `${scenario}: ${ours.ratio?.median.toFixed(2) ?? "?"}× ${baseline.tool}${limit === undefined ? "" : `, limit ${limit}`}`,
    ),
    ...(memory === "missed"
      ? [verdictLine(memory, `${scenario}: ${ours.maxRssMb?.toFixed(0)} MB, limit ${maxRssMb}`)]
      : []),
  ]);
  const bent = growth
    .filter(({ kind, perFileGrowth }) => kind === "ours" && perFileGrowth > GROWTH_LIMIT)
    .map(({ name, perFileGrowth }) =>
      verdictLine(
        "missed",
        `growth of ${name}: a file costs ${perFileGrowth.toFixed(2)}× in the largest tree`,
      ),
    );
  return [...lines, ...bent];
}

/** Whether all that can run here did, within its limits. @param {Report} report @param {Size} size */
export function isGood({ groups, growth, problems }, size) {
  if (problems.some((problem) => !problem.includes("not run: "))) return false;
  if (size === "smoke") return true;
  const verdicts = groups.flatMap((group) => group.figures).flatMap(({ time, memory }) => [time, memory]);
  const isLinear = growth.every(
    ({ kind, perFileGrowth }) => kind !== "ours" || perFileGrowth <= GROWTH_LIMIT,
  );
  return isLinear && !verdicts.includes("missed");
}
