import { buildahBuild } from "../contenders/buildah.mjs";

/** @typedef {import("../measure/contender.mjs").Contender} Contender */

/** The same three scenarios as ours: cold, no change, one file changed.
 * @param {import("./our-scenarios.mjs").OurOptions & { readonly tree: import("./working-tree.mjs").WorkingTree,
 *   readonly setup: import("../contenders/buildah.mjs").BuildahSetup }} options
 * @returns {{ readonly cold: Contender, readonly noChange: Contender, readonly oneFile: Contender }} */
export function buildahScenarios({ project, context, dockerfile, scratch, maxRounds, tree, setup }) {
  const contender = (/** @type {string} */ scenario) => {
    const build = buildahBuild({ name: `${project}.${scenario}`, context, dockerfile, scratch, setup });
    /** @type {Contender} */
    const shared = {
      ...{ id: `${scenario} buildah`, scenario: `${project}.${scenario}`, tool: build.tool, kind: "peer" },
      ...(maxRounds === undefined ? {} : { maxRounds }),
      ...("missing" in setup ? { missing: setup.missing } : {}),
      command: build.command,
      countEntries: build.countEntries,
    };
    return { build, shared };
  };
  const cold = contender("cold");
  const noChange = contender("no-change.warm");
  const oneFile = contender("rebuild-one-file.warm");
  return {
    cold: { ...cold.shared, prepare: () => cold.build.forget() },
    noChange: {
      ...noChange.shared,
      async prepare() {
        await noChange.build.run();
        noChange.build.forgetOutput();
      },
    },
    oneFile: {
      ...oneFile.shared,
      async prepare(round) {
        await oneFile.build.run();
        oneFile.build.forgetOutput();
        tree.edit(round);
      },
    },
  };
}
