import { lstatSync, readdirSync } from "node:fs";

/** Counts what is in a project. @param {string} folder @param {string} about
 * @returns {import("../measure/contender.mjs").Project} */
export function describeProject(folder, about) {
  const totals = { entries: 0, bytes: 0 };
  visit(folder, totals);
  return { folder, about, ...totals };
}

/** @param {string} folder @param {{ entries: number, bytes: number }} totals */
function visit(folder, totals) {
  for (const name of readdirSync(folder)) {
    const stat = lstatSync(`${folder}/${name}`);
    totals.entries += 1;
    if (stat.isDirectory()) visit(`${folder}/${name}`, totals);
    else totals.bytes += stat.size;
  }
}
