import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ourBuild } from "../contenders/oci-build.mjs";

/** @typedef {import("../measure/contender.mjs").Contender} Contender */
/** @typedef {import("./working-tree.mjs").WorkingTree} WorkingTree */

/** What our scenarios of one project share.
 * @typedef {object} OurOptions
 * @property {string} project Name, the first part of each scenario's.
 * @property {string} context
 * @property {string} dockerfile
 * @property {string} scratch
 * @property {number} settleMs
 * @property {WorkingTree} [tree]
 * @property {number} [maxRounds] */

/** No cache, no output.
 * @param {OurOptions} options @returns {Contender} */
export function cold(options) {
  const { build, contender } = ours("cold", options);
  return { ...contender, prepare: () => build.forget() };
}

/** A build after one that changed nothing, when all files have rested. The output file is there, as that build left
 * it, or was removed.
 * @param {OurOptions & { readonly output: "absent" | "present" }} options @returns {Contender} */
export function noChange(options) {
  const { output, settleMs, tree } = options;
  const { build, contender } = ours(`no-change-output-${output}.warm`, options);
  return {
    ...contender,
    async prepare() {
      await tree?.settle();
      await build.run();
      // The output is as young as the build, and must rest, too.
      await sleep(settleMs);
      if (output === "absent") rmSync(build.output, { force: true });
    },
  };
}

/** One byte of one file changed since the last build; no output.
 * @param {OurOptions & { readonly action: string, readonly tree: WorkingTree }} options @returns {Contender} */
export function oneChange(options) {
  const { action, tree } = options;
  const { build, contender } = ours(`${action}.warm`, options);
  return {
    ...contender,
    async prepare(round) {
      await tree.settle();
      await build.run();
      rmSync(build.output, { force: true });
      tree.edit(round);
    },
  };
}

/** How the times in layers come about in CI, where each checkout gives all files new ones. */
const epochs = {
  "kept-times": () => undefined,
  "fixed-epoch": () => 1_700_000_000,
  "commit-epoch": (/** @type {number} */ commit) => 1_700_000_000 + commit * 3_600,
};

/** The cache of an earlier checkout, all times new, one byte of one file changed; no output.
 * @param {OurOptions & { readonly times: "kept-times" | "fixed-epoch" | "commit-epoch", readonly tree: WorkingTree }} options
 * @returns {Contender} */
export function freshCheckout(options) {
  const { times, tree } = options;
  const { build, contender } = ours(`fresh-checkout-one-file-${times}.warm`, options);
  const epochOf = epochs[times];
  let commit = 0;
  return {
    ...contender,
    async prepare(round) {
      await build.run(epochOf(commit));
      commit += 1;
      rmSync(build.output, { force: true });
      tree.touchAll();
      tree.edit(round);
    },
    command: (mode) => build.command(mode, epochOf(commit)),
  };
}

/** @param {string} action @param {OurOptions} options */
function ours(action, { project, context, dockerfile, scratch, maxRounds }) {
  const scenario = `${project}.${action}`;
  const build = ourBuild({ name: scenario, context, dockerfile, scratch });
  /** @type {Contender} */
  const contender = {
    ...{ id: scenario, scenario, tool: "oci-build", kind: "ours" },
    ...(maxRounds === undefined ? {} : { maxRounds }),
    command: (mode) => build.command(mode),
    countEntries: build.countEntries,
  };
  return { build, contender };
}
