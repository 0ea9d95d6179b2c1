import { MeasuredCommandFailed, timeCommand } from "../../build/measure/time-command.mjs";

/** @typedef {import("../../build/measure/contender.mjs").Contender} Contender */

/** A contender that may not work on this machine, tried once. Of ours only what the executor itself says of the machine
 * is such a reason; all else is a failure, and will be found when it is measured.
 * @param {Contender} contender @param {string} scratch @returns {Promise<Contender>} */
export async function unlessRefused(contender, scratch) {
  try {
    await timeCommand(contender.command("timed"), { scratch, time: "none" });
    return contender;
  } catch (error) {
    if (!(error instanceof MeasuredCommandFailed)) throw error;
    const isRefusal = contender.kind !== "ours" || error.message.includes("EXECUTOR_UNAVAILABLE");
    return isRefusal ? { ...contender, missing: `not run: ${reasonOf(error.message)}` } : contender;
  }
}

/** What the command said last, without the command. @param {string} message */
function reasonOf(message) {
  const [said = ""] = message.replace(/^status \d+: /, "").split("\nof ");
  return said.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
}
