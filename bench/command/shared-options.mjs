import { benchFolder } from "./bench-folder.mjs";
import { flag, text, UsageError, wholeNumber } from "./flags.mjs";

/** What every run of a benchmark of builds is told.
 * @typedef {object} SharedOptions
 * @property {number} rounds Timed rounds; 0 times the one round that also counts work.
 * @property {number} peerRounds At most so many timed rounds of other builders, which are slow; 0 leaves them out where
 *   they are not what is measured.
 * @property {string | undefined} only Only groups and figures whose name holds this.
 * @property {"compile" | "as-it-is"} ourselves Whether oci-build is compiled first.
 * @property {boolean} publish Whether docs/benchmarks gets the figures.
 * @property {string} results Folder to write to.
 * @property {string} folder Where projects and bases stay between runs. */

/** What a benchmark takes where it is told nothing. `isPartial` says that it was told to leave something out, beside what
 * these options say.
 * @typedef {object} Defaults
 * @property {number} rounds
 * @property {number} peerRounds
 * @property {string} results
 * @property {boolean} isPartial */

export const sharedFlags = {
  smoke: flag,
  quick: flag,
  rounds: text,
  "peer-rounds": text,
  only: text,
  "no-build": flag,
  results: text,
  publish: flag,
  help: /** @type {const} */ ({ ...flag, short: "h" }),
};

/** @param {{ readonly rounds?: string | undefined, readonly "peer-rounds"?: string | undefined,
 *   readonly only?: string | undefined, readonly "no-build"?: boolean | undefined,
 *   readonly results?: string | undefined, readonly publish?: boolean | undefined }} values
 * @param {Defaults} defaults @param {NodeJS.ProcessEnv} env @returns {SharedOptions} */
export function sharedOptions(values, { rounds, peerRounds, results, isPartial }, env) {
  const publish = values.publish === true;
  const ourselves = values["no-build"] === true ? "as-it-is" : "compile";
  if (publish && (isPartial || values.only !== undefined || ourselves === "as-it-is"))
    throw new UsageError("--publish needs a whole run of what is compiled now");
  return {
    rounds: wholeNumber("--rounds", values.rounds) ?? rounds,
    peerRounds: wholeNumber("--peer-rounds", values["peer-rounds"]) ?? peerRounds,
    only: values.only,
    ourselves,
    publish,
    results: values.results ?? results,
    folder: benchFolder(env),
  };
}
