import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runMarkdown } from "./markdown.mjs";

/** Everything that a run found.
 * @typedef {object} RunReport
 * @property {string} command
 * @property {number} rounds
 * @property {string} methodLink Where the Markdown finds the text on how it is measured.
 * @property {import("../../build/describe-host.mjs").Host} host
 * @property {readonly RunReportGroup[]} groups
 * @property {readonly string[]} problems What did not run. */

/** @typedef {{ readonly name: string, readonly caller: "root" | "user", readonly about: string,
 *   readonly measured: readonly import("../../build/measure/run-group.mjs").Measured[],
 *   readonly figures: readonly import("./judge-run.mjs").JudgedRun[] }} RunReportGroup */

/** Writes run.md. @param {string} folder @param {RunReport} report */
export function writePage(folder, report) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "run.md"), runMarkdown(report));
}

/** Writes run.json. @param {string} folder @param {RunReport} report */
export function writeData(folder, report) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "run.json"), `${JSON.stringify(report, undefined, 2)}\n`);
}
