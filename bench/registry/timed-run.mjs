import { spawn } from "node:child_process";
import { CommandFailed } from "../../scripts/run-command.mjs";

const KIB = 1024;

/** Runs a command under GNU time and gives what it took. */
export async function timedRun(command) {
  const child = spawn("/usr/bin/time", ["-f", "%e %U %S %M", ...command], {
    stdio: ["ignore", "inherit", "pipe"],
  });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  const status = await new Promise((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (status !== 0) throw new CommandFailed(`${command.join(" ")} failed: ${text.trim()}`);
  const [seconds, user, system, rssKib] = text.trim().split("\n").at(-1).split(" ").map(Number);
  return { seconds, cpuSeconds: user + system, rssBytes: rssKib * KIB };
}

/** The middle one; of an even number the lower. */
export function medianOf(values) {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
