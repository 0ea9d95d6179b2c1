import { join } from "node:path";
import { mustRun, runScript } from "../../scripts/run-command.mjs";
import { root } from "../../scripts/workspace.mjs";
import { commandAsTold } from "./command-as-told.mjs";
import { UsageError } from "./flags.mjs";

/** @typedef {import("./shared-options.mjs").SharedOptions} SharedOptions */

const USAGE_STATUS = 2;
/** They would change what is measured. */
const DISTURBING = ["SOURCE_DATE_EPOCH", "OCI_BUILD_CACHE_DIR"];

/** Where published figures are. */
export const published = join(root, "docs/benchmarks");

/** A benchmark of builds: what its command line is, and what it does then. `obstacle` says why it cannot run here.
 * @template {SharedOptions} T
 * @typedef {object} BenchScript
 * @property {string} script Its path from the repository's root.
 * @property {string} usage
 * @property {(args: readonly string[], env: NodeJS.ProcessEnv) => T | "help"} parseOptions
 * @property {string} [obstacle]
 * @property {(options: T, command: string) => Promise<number>} run Gives the exit status. */

/** Runs it with the command line of this process. @template {SharedOptions} T @param {BenchScript<T>} bench */
export function runBenchScript(bench) {
  return runScript(async () => {
    const options = readOptions(bench);
    if (typeof options === "number") return options;
    if (bench.obstacle !== undefined) {
      console.error(`error: ${bench.obstacle}`);
      return 1;
    }
    for (const name of DISTURBING) delete process.env[name];
    if (options.ourselves === "compile") await mustRun(process.execPath, [join(root, "scripts/build.mjs")]);
    return bench.run(options, commandAsTold(bench.script, process.argv.slice(2)));
  });
}

/** @template {SharedOptions} T @param {BenchScript<T>} bench @returns {T | number} */
function readOptions({ parseOptions, usage }) {
  try {
    const options = parseOptions(process.argv.slice(2), process.env);
    if (options !== "help") return options;
    console.log(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`error: ${error.message}\n\n${usage}`);
    return USAGE_STATUS;
  }
}
