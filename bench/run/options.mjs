import { join } from "node:path";
import { chosenSize, parseFlags, text } from "../command/flags.mjs";
import { sharedFlags, sharedOptions } from "../command/shared-options.mjs";

/** What one run of the benchmark does. `base` is a tar of a root file system to take for Debian's.
 * @typedef {import("../command/shared-options.mjs").SharedOptions & { size: RunSize, base: string | undefined }}
 *   RunBenchOptions */

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
  const values = parseFlags(args, { ...sharedFlags, base: text });
  if (values.help === true) return "help";
  const size = chosenSize(values, ["smoke", "quick"]);
  const { base } = values;
  const defaults = {
    rounds: ROUNDS[size],
    peerRounds: PEER_ROUNDS[size],
    results: join(import.meta.dirname, "../../reports/bench-run"),
    isPartial: size !== "standard" || base !== undefined,
  };
  return { ...sharedOptions(values, defaults, env), size, base };
}
