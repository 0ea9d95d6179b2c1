import { join } from "node:path";
import { bareWalk, tarPipe } from "../contenders/baselines.mjs";
import { makeOnce } from "../projects/make-once.mjs";
import { writeTree } from "../projects/write-tree.mjs";
import { describeProject } from "./describe-project.mjs";
import { cold, noChange } from "./our-scenarios.mjs";

const sizes = {
  smoke: [40, 160],
  quick: [10_000, 100_000],
  standard: [10_000, 100_000],
  full: [10_000, 100_000, 1_000_000],
};
/** From so many files on a round takes minutes. */
const LONG_FILES = 1_000_000;
const LONG_ROUNDS = 2;

/** Sizes of the growing trees of a run. @param {import("../options.mjs").Size} size */
export function growthSizes(size) {
  return sizes[size];
}

/** One of the growing trees. @param {import("./bench.mjs").Bench} bench @param {number} files
 * @returns {Promise<import("../measure/contender.mjs").Group>} */
export async function growth(bench, files) {
  const project = growthName(files);
  const recipe = { files, seed: 13, smallest: 60, largest: 1_500 };
  const folder = join(bench.projects, project);
  await makeOnce(folder, JSON.stringify(recipe), (temporary) => writeTree(temporary, recipe));
  const rounds = files >= LONG_FILES ? { maxRounds: Math.min(bench.rounds, LONG_ROUNDS) } : {};
  const shared = {
    project,
    context: folder,
    dockerfile: join(bench.fixtures, "tree.Dockerfile"),
    scratch: bench.scratch,
    settleMs: bench.settleMs,
    ...rounds,
  };
  const figure = (/** @type {string} */ action, /** @type {string} */ baseline) => {
    const scenario = `${project}.${action}`;
    return { scenario, ours: scenario, baseline, others: [] };
  };
  return {
    name: project,
    project: describeProject(folder, "generated, small files"),
    contenders: [
      { ...bareWalk(folder), ...rounds },
      { ...tarPipe("pigz", bench.missing.pigz, { folder, scratch: bench.scratch }), ...rounds },
      cold(shared),
      noChange({ ...shared, output: "absent" }),
    ],
    figures: [figure("cold", "pigz"), figure("no-change-output-absent.warm", "walk")],
  };
}

/** @param {number} files */
export function growthName(files) {
  if (files >= 1_000_000) return `growth-${files / 1_000_000}m`;
  return files >= 1_000 ? `growth-${files / 1_000}k` : `growth-${files}`;
}
