import { spawn } from "node:child_process";
import { root } from "./workspace.mjs";

/** Where a program runs, and variables beside the script's own. Default: the repository.
 * @typedef {{ cwd?: string, env?: Readonly<Record<string, string | undefined>> }} CommandOptions */

/** Runs a program without stdin and shows its output; gives its exit status, 128 for a death by signal.
 * @param {string} command @param {readonly string[]} args @param {CommandOptions} [options]
 * @returns {Promise<number>} */
export function runCommand(command, args, options = {}) {
  return spawned(command, args, { ...options, stdio: ["ignore", "inherit", "inherit"] }).then(
    ({ status }) => status,
  );
}

/** Runs a program without stdin, keeps its stdout, and shows its stderr unless `stderr` is "ignore".
 * @param {string} command @param {readonly string[]} args
 * @param {CommandOptions & { stderr?: "inherit" | "ignore" }} [options] */
export function captureCommand(command, args, { stderr = "inherit", ...options } = {}) {
  return spawned(command, args, { ...options, stdio: ["ignore", "pipe", stderr] });
}

/** As runCommand, but a failure ends the script with one line that names the command.
 * @param {string} command @param {readonly string[]} args @param {CommandOptions} [options] */
export async function mustRun(command, args, options = {}) {
  const status = await runCommand(command, args, options);
  if (status !== 0) throw new CommandFailed(`${[command, ...args].join(" ")} failed with status ${status}`);
}

export class CommandFailed extends Error {}

/** Ends a script: its failures are one line, anything else is a bug and shows its stack.
 * @param {() => Promise<number>} main */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof CommandFailed ? `error: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/** @param {string} command @param {readonly string[]} args
 * @param {CommandOptions & { stdio: import("node:child_process").StdioOptions }} options
 * @returns {Promise<{ status: number, stdout: string }>} */
function spawned(command, args, { cwd = root, env = {}, stdio }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio,
      // npm and npx are batch files there, which only a shell can start.
      shell: process.platform === "win32" && /^np[mx]$/.test(command),
    });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === "ENOENT") resolve({ status: 127, stdout: "" });
      else reject(error);
    });
    child.on("close", (status) =>
      resolve({ status: status ?? 128, stdout: Buffer.concat(chunks).toString() }),
    );
  });
}
