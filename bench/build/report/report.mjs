import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { barChart } from "./bar-chart.mjs";
import { growthChart } from "./growth-chart.mjs";
import { reportMarkdown } from "./markdown.mjs";

/** @typedef {import("./judge.mjs").Judged} Judged */

/** Everything that a run found.
 * @typedef {object} Report
 * @property {string} command
 * @property {number} rounds
 * @property {string} methodLink Where the Markdown finds the text on how it is measured.
 * @property {import("../describe-host.mjs").Host} host
 * @property {readonly ReportGroup[]} groups
 * @property {readonly import("./judge-growth.mjs").GrowthLine[]} growth
 * @property {readonly string[]} problems What did not run or does not agree. */

/** @typedef {{ readonly name: string, readonly project: import("../measure/contender.mjs").Project,
 *   readonly measured: readonly import("../measure/run-group.mjs").Measured[],
 *   readonly figures: readonly Judged[] }} ReportGroup */

/** Writes build.md, build.svg and, where trees grow, growth.svg. @param {string} folder @param {Report} report */
export function writePages(folder, report) {
  mkdirSync(folder, { recursive: true });
  const { host, groups, growth, rounds } = report;
  const note = `${host.date.slice(0, 10)}, commit ${host.commit}, Node ${host.node}, ${host.cores} cores, ${rounds === 1 ? "one round" : `median of ${rounds} rounds`}${host.isBusy ? "; the machine was busy, times are noise" : ""}`;
  // Growth has a chart of its own.
  const figures = groups.filter(({ name }) => !name.startsWith("growth-")).flatMap((group) => group.figures);
  const save = (/** @type {string} */ name, /** @type {string} */ text) =>
    writeFileSync(join(folder, name), text);
  save("build.md", reportMarkdown(report));
  save("build.svg", barChart(figures, { title: "Time of a build", note }));
  if (growth.length > 0) save("growth.svg", growthChart(growth, { title: "Time by number of files", note }));
}

/** @param {string} folder @param {Report} report */
export function writeData(folder, report) {
  mkdirSync(folder, { recursive: true });
  // Folders say where things are on this machine, and nothing else.
  const text = JSON.stringify(report, (key, value) => (key === "folder" ? undefined : value), 2);
  writeFileSync(join(folder, "build.json"), `${text}\n`);
}
