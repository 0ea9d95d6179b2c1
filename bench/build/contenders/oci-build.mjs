import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { countImageEntries } from "../measure/count-entries.mjs";
import { timeCommand } from "../measure/time-command.mjs";

const bin = join(import.meta.dirname, "../../../packages/oci-build/bin/oci-build.js");

/** One of our builds with a cache and an output of its own.
 * @typedef {object} OurBuild
 * @property {string} context
 * @property {string} dockerfile
 * @property {string} cache
 * @property {string} output
 * @property {() => void} forget Removes the cache and the output.
 * @property {(mode: "timed" | "counted", epochSec?: number) => import("../measure/time-command.mjs").Command} command
 * @property {(epochSec?: number) => Promise<void>} run Builds without measuring.
 * @property {() => number} countEntries */

/** @param {{ name: string, context: string, dockerfile: string, scratch: string }} options @returns {OurBuild} */
export function ourBuild({ name, context, dockerfile, scratch }) {
  const cache = join(scratch, `${name}.cache`);
  const output = join(scratch, `${name}.tar`);
  /** @type {OurBuild["command"]} */
  const command = (mode, epochSec) => ({
    file: process.execPath,
    args: [
      ...[bin, "-f", dockerfile, "--cache-dir", cache, "-o", `type=oci,dest=${output}`],
      ...(mode === "counted" ? ["--progress", "rawjson"] : ["-q"]),
      context,
    ],
    ...(epochSec === undefined ? {} : { env: { SOURCE_DATE_EPOCH: String(epochSec) } }),
  });
  return {
    ...{ context, dockerfile, cache, output, command },
    forget: () => {
      rmSync(cache, { recursive: true, force: true });
      rmSync(output, { force: true });
    },
    run: async (epochSec) => void (await timeCommand(command("timed", epochSec), { scratch, time: "none" })),
    countEntries: () => (existsSync(output) ? countImageEntries(output, "app", scratch) : Number.NaN),
  };
}
