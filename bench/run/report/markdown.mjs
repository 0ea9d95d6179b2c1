import { BUSY, hostLine } from "../../build/report/markdown.mjs";
import { markdownTable } from "../../build/report/markdown-table.mjs";
import { milliseconds, times } from "../../build/report/units.mjs";

/** @typedef {import("./judge-run.mjs").JudgedRun} JudgedRun */
/** @typedef {import("./report.mjs").RunReport} RunReport */

const headings = {
  "run-true": "One RUN",
  "base-size": "The size of the base",
  cached: "Everything cached",
  "files-real": "10,000 files of packages",
  "files-tiny": "10,000 tiny files",
  unpack: "Unpacking the base",
  "unpack-memory": "Unpacking the base in memory",
};

/** The whole report. @param {RunReport} report */
export function runMarkdown(report) {
  const { host, groups, problems } = report;
  const parts = [
    "# RUN figures",
    hostLine(report),
    ...(host.isBusy ? [BUSY] : []),
    ...groups.flatMap(({ name, caller, about, figures }) => [
      `## ${heading(name)}${name === "cached" ? "" : caller === "root" ? ", as root" : ", as a normal user"}`,
      about,
      figuresTable(figures),
    ]),
    ...(problems.length === 0 ? [] : ["## Problems", problems.map((line) => `- ${line}`).join("\n")]),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** @param {string} name */
function heading(name) {
  return /** @type {Readonly<Record<string, string>>} */ (headings)[name] ?? name;
}

/** @param {readonly JudgedRun[]} figures */
function figuresTable(figures) {
  return markdownTable(["figure", "tool", "wall", "least–most", "limit", "", "CPU"], figures.map(cells), [
    "left",
    "left",
    "right",
    "right",
    "right",
    "left",
    "right",
  ]);
}

/** @param {JudgedRun} figure */
function cells({ name, tool, kind, unit, limit, verdict, wall, cpu, missing }) {
  const shown = unit === "ms" ? milliseconds : times;
  const who = kind === "ours" ? `**${tool}**` : tool;
  // Why stands among the problems.
  if (wall === undefined) return [name, who, missing?.split(": ")[0] ?? "", "", "", "", ""];
  return [
    ...[name, who, shown(wall.median), range(shown(wall.least), shown(wall.most))],
    limit === undefined ? "" : `≤ ${shown(limit)}`,
    verdict === "missed" ? "**missed**" : verdict === "met" ? "met" : "",
    cpu === undefined ? "" : shown(cpu.median),
  ];
}

/** The unit once, where both have the same. @param {string} least @param {string} most */
function range(least, most) {
  const unit = / ?[^\d.]+$/.exec(most)?.[0] ?? "";
  return `${least.endsWith(unit) ? least.slice(0, least.length - unit.length) : least}–${most}`;
}
