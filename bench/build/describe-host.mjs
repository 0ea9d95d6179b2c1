import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { describeMachine } from "../parse/machine.mjs";

/** What the figures depend on. `busyBefore` and `busyAfter` are the cores that other processes kept busy.
 * @typedef {ReturnType<typeof describeMachine> & { readonly memoryGb: number, readonly disk: string,
 *   readonly busyBefore: number }} HostBefore
 * @typedef {HostBefore & { readonly busyAfter: number, readonly isBusy: boolean }} Host */

/** Other processes that keep more than so much of a core busy spoil the times. */
const BUSY_CORES = 0.3;
const LOOK_MS = 1_500;

/** @param {string} folder Whose disk is told. @returns {Promise<HostBefore>} */
export async function describeHost(folder) {
  return {
    ...describeMachine(),
    memoryGb: Math.round(totalmem() / 1e9),
    disk: describeDisk(folder),
    busyBefore: await busyCores(),
  };
}

/** @param {HostBefore} host @returns {Promise<Host>} */
export async function describeHostAfter(host) {
  const busyAfter = await busyCores();
  return { ...host, busyAfter, isBusy: Math.max(host.busyBefore, busyAfter) > BUSY_CORES };
}

/** How many cores are busy while this process only waits. */
async function busyCores() {
  const before = cpuTimes();
  await sleep(LOOK_MS);
  const after = cpuTimes();
  const all = after.all - before.all;
  return all === 0 ? 0 : ((after.busy - before.busy) / all) * cpus().length;
}

function cpuTimes() {
  const totals = { busy: 0, all: 0 };
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    totals.busy += busy;
    totals.all += busy + times.idle;
  }
  return totals;
}

/** Kind of file system, as far as the system tells. @param {string} folder */
function describeDisk(folder) {
  const { status, stdout } = spawnSync("df", ["--output=fstype", folder], { encoding: "utf8" });
  return status === 0 ? `on ${stdout.trim().split("\n").at(-1) ?? "an unknown file system"}` : "unknown disk";
}
