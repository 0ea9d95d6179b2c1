import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** What one run of the benchmark does.
 * @typedef {object} BenchOptions
 * @property {Size} size
 * @property {number} rounds Timed rounds; 0 times the one round that also counts work.
 * @property {number} peerRounds At most so many timed rounds of other builders, which are slow.
 * @property {string | undefined} only Only groups and scenarios whose name holds this.
 * @property {"compile" | "as-it-is"} ourselves Whether oci-build is compiled first.
 * @property {boolean} publish Whether docs/benchmarks gets the figures.
 * @property {string} results Folder to write to.
 * @property {string} folder Where projects stay between runs.
 * @property {number} settleMs How long files rest before a build that must trust their stats. */

/** smoke: tiny projects, one round. quick: no other builders. full: a million files, too.
 * @typedef {"smoke" | "quick" | "standard" | "full"} Size */

/** What one can get wrong when starting the benchmark. */
export class UsageError extends Error {}

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
  const values = parseFlags(args);
  if (values.help === true) return "help";
  const size = chosenSize(values);
  const isPartial = size === "quick" || size === "smoke" || values.only !== undefined;
  if (values.publish === true && (isPartial || values["no-build"] === true))
    throw new UsageError("--publish needs a whole run of what is compiled now");
  return {
    size,
    rounds: wholeNumber("--rounds", values.rounds) ?? ROUNDS[size],
    peerRounds: wholeNumber("--peer-rounds", values["peer-rounds"]) ?? PEER_ROUNDS[size],
    only: values.only,
    ourselves: values["no-build"] === true ? "as-it-is" : "compile",
    publish: values.publish === true,
    results: values.results ?? join(import.meta.dirname, "../../reports/bench-build"),
    folder: benchFolder(env),
    settleMs: size === "smoke" ? 0 : SETTLE_MS,
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
        full: flag,
        rounds: text,
        "peer-rounds": text,
        only: text,
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

/** @param {{ smoke?: boolean | undefined, quick?: boolean | undefined, full?: boolean | undefined }} values
 * @returns {Size} */
function chosenSize(values) {
  const chosen = /** @type {const} */ (["smoke", "quick", "full"]).filter((name) => values[name] === true);
  if (chosen.length > 1) throw new UsageError(`--${chosen.join(" and --")} exclude each other`);
  return chosen[0] ?? "standard";
}

/** @param {string} flag @param {string | undefined} text */
export function wholeNumber(flag, text) {
  if (text === undefined) return undefined;
  if (!/^\d{1,3}$/.test(text)) throw new UsageError(`${flag} is not a whole number: ${text}`);
  return Number(text);
}

/** Where all benchmarks keep what they make once. @param {NodeJS.ProcessEnv} env */
export function benchFolder(env) {
  return env["OCI_BUILD_BENCH_DIR"] ?? join(cacheFolder(env), "oci-build-bench");
}

/** @param {NodeJS.ProcessEnv} env */
function cacheFolder(env) {
  if (process.platform === "win32") return env["LOCALAPPDATA"] ?? join(homedir(), "AppData/Local");
  if (process.platform === "darwin") return join(homedir(), "Library/Caches");
  return env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
}
