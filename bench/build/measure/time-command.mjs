import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { spawnTracked } from "./running-children.mjs";

/** A whole process as it was: `cpuMs` is user and system time of it and all its children, `maxRssKiB` the most that
 * any one of them held. Both need GNU time, without which they are undefined.
 * @typedef {object} Sample
 * @property {number} round
 * @property {number} wallMs
 * @property {number} [partMs] What of it counts, where not all does.
 * @property {number} [userMs]
 * @property {number} [sysMs]
 * @property {number} [maxRssKiB] */

/** @typedef {object} Command
 * @property {string} file
 * @property {readonly string[]} args
 * @property {Readonly<Record<string, string>>} [env] Added to ours.
 * @property {string} [cwd] */

/** A command that failed, with the end of what it said. */
export class MeasuredCommandFailed extends Error {}

const GNU_TIME = "/usr/bin/time";
const TAIL_CHARACTERS = 2_000;

/** @returns {"gnu" | "none"} Which `time` is there. */
export function probeTime() {
  const { status, stderr } = spawnSync(GNU_TIME, ["-q", "-f", "%U %S %M", "true"], { encoding: "utf8" });
  return status === 0 && usagePattern.test(stderr) ? "gnu" : "none";
}

/** @param {string} script For sh; a failure anywhere in a pipeline is not seen, so outputs are checked. @returns {Command} */
export function shell(script) {
  return { file: "sh", args: ["-ec", script] };
}

/** Runs a command and measures it. Its stdout and stderr go to files in the folder.
 * @param {Command} command
 * @param {{ readonly scratch: string, readonly time: "gnu" | "none" }} place
 * @returns {Promise<{ sample: Omit<Sample, "round">, stdout: string, stderr: string }>} */
export async function timeCommand(command, { scratch, time }) {
  const files = { out: `${scratch}/stdout`, err: `${scratch}/stderr`, usage: `${scratch}/usage` };
  const [file, ...args] =
    time === "gnu"
      ? [GNU_TIME, "-q", "-o", files.usage, "-f", "%U %S %M", command.file, ...command.args]
      : [command.file, ...command.args];
  const { status, wallMs } = await run({ ...command, file: file ?? command.file, args }, files);
  const stdout = readFileSync(files.out, "utf8");
  const stderr = readFileSync(files.err, "utf8");
  const usage = time === "gnu" ? parseUsage(readFileSync(files.usage, "utf8")) : {};
  for (const path of Object.values(files)) rmSync(path, { force: true });
  if (status !== 0) {
    const words = [command.file, ...command.args].join(" ");
    throw new MeasuredCommandFailed(
      `status ${status}: ${stderr.trim().slice(-TAIL_CHARACTERS)}\nof ${words}`,
    );
  }
  return { sample: { wallMs, ...usage }, stdout, stderr };
}

/** @param {Command} command @param {{ out: string, err: string }} files
 * @returns {Promise<{ status: number, wallMs: number }>} */
function run({ file, args, env, cwd }, files) {
  const out = openSync(files.out, "w");
  const err = openSync(files.err, "w");
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const stdio = /** @type {const} */ (["ignore", out, err]);
    const child = spawnTracked(file, args, { stdio: [...stdio], env: { ...process.env, ...env }, cwd });
    closeSync(out);
    closeSync(err);
    // This process is being stopped: nothing comes any more.
    if (child === undefined) return;
    child.on("error", reject);
    child.on("exit", (code) => resolve({ status: code ?? 128, wallMs: performance.now() - start }));
  });
}

const usagePattern = /^(?<user>\d+\.\d+) (?<sys>\d+\.\d+) (?<rss>\d+)$/m;

/** @param {string} text */
export function parseUsage(text) {
  const groups = usagePattern.exec(text)?.groups;
  if (groups === undefined) throw new Error(`not what time was asked to write: ${text}`);
  return {
    userMs: Math.round(Number(groups["user"]) * 1e3),
    sysMs: Math.round(Number(groups["sys"]) * 1e3),
    maxRssKiB: Number(groups["rss"]),
  };
}
