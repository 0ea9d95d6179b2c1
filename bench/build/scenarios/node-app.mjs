import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bareHash, bareWalk, tarPipe } from "../contenders/baselines.mjs";
import { containerifyBuild } from "../contenders/containerify.mjs";
import { installNodeProject } from "../projects/install-node-project.mjs";
import { makeOnce } from "../projects/make-once.mjs";
import { writeTree } from "../projects/write-tree.mjs";
import { buildahScenarios } from "./buildah-scenarios.mjs";
import { describeProject } from "./describe-project.mjs";
import { cold, freshCheckout, noChange, oneChange } from "./our-scenarios.mjs";
import { workingTree } from "./working-tree.mjs";

/** @typedef {import("./bench.mjs").Bench} Bench */
/** @typedef {import("../measure/contender.mjs").Figure} Figure */

const MAX_RSS_MB = 400;
const changedFile = "src/area-0/part-0/file-7.js";
const smokeTree = { files: 60, seed: 5, smallest: 50, largest: 20_000 };

const times = /** @type {const} */ (["kept-times", "fixed-epoch", "commit-epoch"]);

/** A real web application with its node_modules. @param {Bench} bench
 * @returns {Promise<import("../measure/contender.mjs").Group>} */
export async function nodeApp(bench) {
  const folder = await makeProject(bench);
  const { scratch, settleMs } = bench;
  const tree = workingTree({ folder, file: join(folder, changedFile), offset: 12, settleMs });
  const dockerfile = join(bench.fixtures, "node-app.Dockerfile");
  const shared = { project: "node-app", context: folder, dockerfile, scratch, settleMs, tree };
  const about =
    bench.size === "smoke" ? "generated" : "25 npm packages and all that they need, as npm ci installs them";
  return {
    name: "node-app",
    project: describeProject(folder, about),
    restore: tree.restore,
    contenders: [...baselines(bench, folder), ...ourBuilds(shared), ...otherBuilders(bench, shared)],
    figures,
  };
}

/** @param {Bench} bench @param {string} folder */
function baselines({ missing, scratch, rounds, peerRounds }, folder) {
  const maxRounds = Math.min(rounds, Math.max(1, peerRounds));
  return [
    bareWalk(folder),
    bareHash(folder),
    tarPipe("gzip", missing.gzip, { folder, scratch, maxRounds }),
    tarPipe("pigz", missing.pigz, { folder, scratch }),
  ];
}

/** @typedef {import("./our-scenarios.mjs").OurOptions & { readonly tree: import("./working-tree.mjs").WorkingTree }} Shared */

/** @param {Shared} shared */
function ourBuilds(shared) {
  return [
    cold(shared),
    noChange({ ...shared, output: "absent" }),
    noChange({ ...shared, output: "present" }),
    oneChange({ ...shared, action: "rebuild-one-file" }),
    ...times.map((variant) => freshCheckout({ ...shared, times: variant })),
  ];
}

/** @param {Bench} bench @param {Shared} shared */
function otherBuilders({ peerRounds, buildah: setup, containerify, registry }, shared) {
  const slow = { ...shared, maxRounds: peerRounds };
  const buildah = buildahScenarios({ ...slow, setup });
  return [
    ...[buildah.cold, buildah.noChange, buildah.oneFile],
    containerifyBuild({ ...slow, registry, setup: containerify }),
  ];
}

/** @type {readonly Figure[]} */
const figures = [
  figure("cold", "pigz", 1.25, ["gzip", "cold buildah", "cold containerify"]),
  figure("no-change-output-absent.warm", "walk", 2, ["no-change.warm buildah"]),
  figure("no-change-output-present.warm", "walk", 2, []),
  figure("rebuild-one-file.warm", "hash", 2, ["rebuild-one-file.warm buildah"]),
  ...times.map((variant) => ({
    ...figure(`fresh-checkout-one-file-${variant}.warm`, "hash", undefined, []),
    variant,
  })),
];

/** @param {string} action @param {string} baseline @param {number | undefined} limit
 * @param {readonly string[]} others @returns {Figure} */
function figure(action, baseline, limit, others) {
  const scenario = `node-app.${action}`;
  return {
    ...{ scenario, ours: scenario, baseline, others, maxRssMb: MAX_RSS_MB },
    ...(limit === undefined ? {} : { limit }),
  };
}

/** @param {Bench} bench */
async function makeProject({ projects, size }) {
  if (size === "smoke") {
    const folder = join(projects, "node-app-smoke");
    await makeOnce(folder, JSON.stringify(smokeTree), (temporary) => {
      writeTree(join(temporary, "src"), smokeTree);
      writeFileSync(join(temporary, "package.json"), "{}\n");
      symlinkSync("src", join(temporary, "link"));
    });
    return folder;
  }
  const folder = join(projects, "node-app");
  await installNodeProject(folder);
  return folder;
}
