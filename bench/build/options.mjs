import { join } from "node:path";
import { chosenSize, flag, parseFlags } from "../command/flags.mjs";
import { sharedFlags, sharedOptions } from "../command/shared-options.mjs";

/** What one run of the benchmark does. `settleMs` is how long files rest before a build that must trust their stats.
 * @typedef {import("../command/shared-options.mjs").SharedOptions & { size: Size, settleMs: number }} BenchOptions */

/** smoke: tiny projects, one round. quick: no other builders. full: a million files, too.
 * @typedef {"smoke" | "quick" | "standard" | "full"} Size */

/** The digest index trusts no file that changed less than 2 s before a scan. */
const SETTLE_MS = 2_300;
const ROUNDS = { smoke: 0, quick: 2, standard: 5, full: 5 };
const PEER_ROUNDS = { smoke: 0, quick: 0, standard: 2, full: 2 };

export const usage = `node bench/build.mjs [options]: how fast builds are, beside other tools and beside what the machine can do.

  --quick          two rounds, no other builders
  --full           a tree of a million files, too
  --smoke          tiny projects and one round: does everything run and agree? Its times mean nothing.
  --rounds N       timed rounds (default: 5)
  --peer-rounds N  timed rounds of other builders (default: 2)
  --only TEXT      only what has TEXT in its name, such as node-app or cold
  --no-build       do not compile oci-build first
  --results DIR    where to write (default: reports/bench-build)
  --publish        write the figures to docs/benchmarks, too; only with a whole run

Projects stay in $OCI_BUILD_BENCH_DIR (default: the user's cache folder); about 2 GB, 6 GB with --full.
While it runs it needs about 10 GB more there.`;

/** @param {readonly string[]} args @param {NodeJS.ProcessEnv} env @returns {BenchOptions | "help"} */
export function parseOptions(args, env) {
  const values = parseFlags(args, { ...sharedFlags, full: flag });
  if (values.help === true) return "help";
  const size = chosenSize(values, ["smoke", "quick", "full"]);
  const defaults = {
    rounds: ROUNDS[size],
    peerRounds: PEER_ROUNDS[size],
    results: join(import.meta.dirname, "../../reports/bench-build"),
    isPartial: size === "quick" || size === "smoke",
  };
  return { ...sharedOptions(values, defaults, env), size, settleMs: size === "smoke" ? 0 : SETTLE_MS };
}
