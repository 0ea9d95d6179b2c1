import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchFolder, UsageError, wholeNumber } from "../build/options.mjs";

/** What one run of the benchmark does.
 * @typedef {object} RunBenchOptions
 * @property {RunSize} size
 * @property {number} rounds Timed rounds; 0 times the one round that also counts work.
 * @property {number} peerRounds At most so many timed rounds of other builders; 0 leaves them out.
 * @property {string | undefined} only Only groups and figures whose name holds this.
 * @property {"compile" | "as-it-is"} ourselves Whether oci-build is compiled first.
 * @property {string | undefined} base A tar of a root file system to take for Debian's.
 * @property {boolean} publish Whether docs/benchmarks gets the figures.
 * @property {string} results Folder to write to.
 * @property {string} folder Where bases stay between runs. */

/** smoke: tiny bases, one round. quick: no other builders. @typedef {"smoke" | "quick" | "standard"} RunSize */

const ROUNDS = { smoke: 0, quick: 2, standard: 5 };
const PEER_ROUNDS = { smoke: 1, quick: 0, standard: 2 };

export const usage = `node bench/run.mjs [options]: what RUN costs, beside other builders and beside what the machine can do.

  --quick          two rounds, no other builders
  --smoke          tiny bases and one round: does everything run? Its times mean nothing.
  --rounds N       timed rounds (default: 5)
  --peer-rounds N  timed rounds of other builders (default: 2)
  --only TEXT      only what has TEXT in its name, such as run-true or unpack
  --base FILE      a tar of a root file system instead of Debian's, which mmdebstrap makes as root
  --no-build       do not compile oci-build first
  --results DIR    where to write (default: reports/bench-run)
  --publish        write the figures to docs/benchmarks, too; only with a whole run

As root it measures twice: as root, and as the first user who has subordinate ids. Bases stay in $OCI_BUILD_BENCH_DIR
(default: the user's cache folder), about 0.3 GB. While it runs it needs about 5 GB there, as much in the temporary
folder as a user, and 2 GB in /dev/shm where that is in memory.`;

/** @param {readonly string[]} args @param {NodeJS.ProcessEnv} env @returns {RunBenchOptions | "help"} */
export function parseOptions(args, env) {
  const values = parseFlags(args);
  if (values.help === true) return "help";
  if (values.smoke === true && values.quick === true)
    throw new UsageError("--smoke and --quick exclude each other");
  const size = values.smoke === true ? "smoke" : values.quick === true ? "quick" : "standard";
  const isPartial = size !== "standard" || values.only !== undefined || values.base !== undefined;
  if (values.publish === true && (isPartial || values["no-build"] === true))
    throw new UsageError("--publish needs a whole run of what is compiled now");
  return {
    size,
    rounds: wholeNumber("--rounds", values.rounds) ?? ROUNDS[size],
    peerRounds: wholeNumber("--peer-rounds", values["peer-rounds"]) ?? PEER_ROUNDS[size],
    only: values.only,
    ourselves: values["no-build"] === true ? "as-it-is" : "compile",
    base: values.base,
    publish: values.publish === true,
    results: values.results ?? join(import.meta.dirname, "../../reports/bench-run"),
    folder: benchFolder(env),
  };
}

/** @param {readonly string[]} args */
function parseFlags(args) {
  const flag = /** @type {const} */ ({ type: "boolean" });
  const text = /** @type {const} */ ({ type: "string" });
  try {
    return parseArgs({
      args: [...args],
      options: {
        smoke: flag,
        quick: flag,
        rounds: text,
        "peer-rounds": text,
        only: text,
        base: text,
        "no-build": flag,
        results: text,
        publish: flag,
        help: { ...flag, short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
