import { spawnSync } from "node:child_process";
import { availableParallelism, loadavg, totalmem } from "node:os";
import { describeMachine } from "../parse/machine.mjs";

/** What the figures depend on.
 * @typedef {ReturnType<typeof describeMachine> & { readonly memoryGb: number, readonly disk: string,
 *   readonly loadBefore: number }} HostBefore
 * @typedef {HostBefore & { readonly loadAfter: number, readonly isBusy: boolean }} Host */

/** Other processes that keep more than so much of a core busy spoil the times. */
const BUSY_LOAD = 0.5;

/** @param {string} folder Whose disk is told. @returns {HostBefore} */
export function describeHost(folder) {
  const [loadBefore = 0] = loadavg();
  return {
    ...describeMachine(),
    memoryGb: Math.round(totalmem() / 1e9),
    disk: describeDisk(folder),
    loadBefore,
  };
}

/** @param {HostBefore} host @returns {Host} */
export function describeHostAfter(host) {
  const [loadAfter = 0] = loadavg();
  // Afterwards our own processes are in the load; they may fill all cores, no more.
  const isBusy = host.loadBefore > BUSY_LOAD || loadAfter > availableParallelism() + BUSY_LOAD;
  return { ...host, loadAfter, isBusy };
}

/** Kind of file system and of disk, as far as the system tells. @param {string} folder */
function describeDisk(folder) {
  const { status, stdout } = spawnSync("df", ["--output=fstype", folder], { encoding: "utf8" });
  return status === 0 ? `on ${stdout.trim().split("\n").at(-1) ?? "an unknown file system"}` : "unknown disk";
}
