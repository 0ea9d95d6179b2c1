import { MeasuredCommandFailed, timeCommand } from "./time-command.mjs";
import { readWorkCounts } from "./work-counts.mjs";

/** @typedef {import("./contender.mjs").Contender} Contender */

/** What one contender took. Round 0 is not among the samples unless it was the only one.
 * @typedef {object} Measured
 * @property {string} id
 * @property {string} scenario
 * @property {string} tool
 * @property {Contender["kind"]} kind
 * @property {import("./time-command.mjs").Sample[]} samples
 * @property {import("./work-counts.mjs").WorkCounts} [work]
 * @property {number} [entries]
 * @property {string} [missing] Why it did not run, or how it failed. */

/** @typedef {object} RunOptions
 * @property {number} rounds
 * @property {string} scratch
 * @property {"gnu" | "none"} time
 * @property {() => void} flush Writes to the disk what was written before, so that it is not done at another's cost.
 * @property {(line: string) => void} tell */

/** Runs all contenders round by round. Round 0 warms the page cache and counts work and entries; the first contender
 * of each round is another one, so that none always follows the same.
 * @param {readonly Contender[]} contenders @param {RunOptions} options @returns {Promise<Measured[]>} */
export async function runGroup(contenders, options) {
  const measured = contenders.map(({ id, scenario, tool, kind, missing }) => ({
    ...{ id, scenario, tool, kind, samples: [] },
    ...(missing === undefined ? {} : { missing }),
  }));
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const index of rotated(contenders.length, round)) {
      const contender = contenders[index];
      const result = measured[index];
      if (contender === undefined || result === undefined || result.missing !== undefined) continue;
      if (round > (contender.maxRounds ?? options.rounds)) continue;
      await runOnce(contender, result, round, options);
    }
  }
  return measured;
}

/** @param {number} count @param {number} by */
export function rotated(count, by) {
  return Array.from({ length: count }, (_, index) => (index + by) % count);
}

/** @param {Contender} contender @param {Measured} result @param {number} round @param {RunOptions} options */
async function runOnce(contender, result, round, options) {
  try {
    await contender.prepare?.(round);
    options.flush();
    const { sample, stdout, stderr } = await timeCommand(
      contender.command(round === 0 ? "counted" : "timed"),
      options,
    );
    const isLast = round === (contender.maxRounds ?? options.rounds);
    const part = contender.part === undefined ? {} : { partMs: contender.part(stdout, stderr) };
    if (round > 0 || isLast) result.samples.push({ round, ...sample, ...part });
    if (round === 0) count(contender, result, stdout, stderr);
    options.tell(`  round ${round}  ${contender.id}  ${(sample.wallMs / 1e3).toFixed(2)} s`);
  } catch (error) {
    if (!(error instanceof MeasuredCommandFailed)) throw error;
    result.missing = `failed: ${error.message}`;
    options.tell(`  round ${round}  ${contender.id}  ${result.missing.split("\n")[0]}`);
  }
}

/** @param {Contender} contender @param {Measured} result @param {string} stdout @param {string} stderr */
function count(contender, result, stdout, stderr) {
  if (contender.countEntries !== undefined) result.entries = contender.countEntries(stdout);
  if (contender.kind === "ours") result.work = readWorkCounts(stderr);
}
