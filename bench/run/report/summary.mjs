import { milliseconds, times } from "../../build/report/units.mjs";
import { verdictLine } from "../../build/report/verdict-line.mjs";

/** @typedef {import("./report.mjs").RunReport} RunReport */
/** @typedef {import("../options.mjs").RunSize} RunSize */

/** The verdicts, and what did not run. @param {RunReport} report @param {RunSize} size */
export function verdictLines({ groups, problems }, size) {
  const figures = groups.flatMap(({ caller, figures }) => figures.map((figure) => ({ ...figure, caller })));
  const verdicts = figures.map(({ name, caller, unit, wall, limit, verdict }) => {
    const shown = unit === "ms" ? milliseconds : times;
    const value = wall === undefined ? "?" : shown(wall.median);
    return verdictLine(
      verdict,
      `${name}, as ${caller}: ${value}${limit === undefined ? "" : `, limit ${shown(limit)}`}`,
    );
  });
  // Times of tiny bases mean nothing.
  return [
    "",
    ...(size === "smoke" ? [] : verdicts),
    ...problems.map((problem) => verdictLine("note", problem)),
  ];
}

/** Whether all that can run here did, within its limits. @param {RunReport} report @param {RunSize} size */
export function isGood({ groups, problems }, size) {
  if (problems.some((problem) => problem.includes("failed: "))) return false;
  const verdicts = groups.flatMap(({ figures }) => figures.map(({ verdict }) => verdict));
  return size === "smoke" || !verdicts.includes("missed");
}
