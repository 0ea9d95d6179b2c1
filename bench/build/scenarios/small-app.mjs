import { join } from "node:path";
import { bareNode, bareWalk } from "../contenders/baselines.mjs";
import { makeOnce } from "../projects/make-once.mjs";
import { writeTree } from "../projects/write-tree.mjs";
import { describeProject } from "./describe-project.mjs";
import { cold, noChange } from "./our-scenarios.mjs";

const recipe = { files: 200, seed: 7, smallest: 100, largest: 20_000 };
const ROUNDS_FACTOR = 3;

/** What starting costs. @param {import("./bench.mjs").Bench} bench
 * @returns {Promise<import("../measure/contender.mjs").Group>} */
export async function smallApp(bench) {
  const folder = join(bench.projects, "small-app");
  await makeOnce(folder, JSON.stringify(recipe), (temporary) => writeTree(temporary, recipe));
  const shared = {
    project: "small-app",
    context: folder,
    dockerfile: join(bench.fixtures, "tree.Dockerfile"),
    scratch: bench.scratch,
    settleMs: bench.settleMs,
  };
  const figure = (/** @type {string} */ action, /** @type {number} */ limit) => {
    const scenario = `small-app.${action}`;
    return { scenario, ours: scenario, baseline: "node", others: ["walk"], limit };
  };
  return {
    name: "small-app",
    project: describeProject(folder, "generated"),
    roundsFactor: ROUNDS_FACTOR,
    contenders: [
      bareNode(),
      bareWalk(folder),
      cold(shared),
      noChange({ ...shared, output: "absent" }),
      noChange({ ...shared, output: "present" }),
    ],
    figures: [
      figure("cold", 4),
      figure("no-change-output-absent.warm", 2.5),
      figure("no-change-output-present.warm", 2.5),
    ],
  };
}
