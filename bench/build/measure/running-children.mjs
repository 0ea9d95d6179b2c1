import { spawn } from "node:child_process";

/** The processes that are measured now. Like the signals that end them they belong to this process as a whole. */
const state = {
  /** @type {Set<import("node:child_process").ChildProcess>} */
  running: new Set(),
  isEnding: false,
};

/** All that a child starts is ended with it. Windows has no groups of processes. */
const hasGroups = process.platform !== "win32";

/** As spawn, but what stops this process can end the child first, with all that it started; undefined when that has
 * begun. @param {string} file @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} options */
export function spawnTracked(file, args, options) {
  if (state.isEnding) return undefined;
  const child = spawn(file, args, { ...options, detached: hasGroups });
  state.running.add(child);
  const forget = () => void state.running.delete(child);
  child.on("exit", forget).on("error", forget);
  return child;
}

/** Ends the children, waits until they are gone, and lets nobody start another one. */
export async function endChildren() {
  state.isEnding = true;
  await Promise.all([...state.running].map(end));
}

/** @param {import("node:child_process").ChildProcess} child */
function end(child) {
  const ended = new Promise((resolve) => child.on("exit", resolve).on("error", resolve));
  kill(child);
  return ended;
}

/** @param {import("node:child_process").ChildProcess} child */
function kill(child) {
  try {
    if (hasGroups && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch (error) {
    // It has just ended by itself.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}
