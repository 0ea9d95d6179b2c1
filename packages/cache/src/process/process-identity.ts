import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { systemErrorCode } from "@oci-build/oci";

/** What tells one process from every other, also after its pid was given to another one.
 *
 * `host` stands for the running kernel (its boot id) and the pid namespace: only within one do pids mean anything, and
 * containers share stores through volumes. `start` is the start time in clock ticks since boot, or `0` where the
 * platform does not tell. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  readonly start: string;
}

/** `unknown`: a process of another machine, boot or pid namespace. */
export type Liveness = "alive" | "dead" | "unknown";

const pattern = /^([0-9a-f]{16})-([1-9][0-9]{0,9})-([0-9]{1,20})$/;
const unknownStart = "0";

/** The identity of this process. */
export function currentProcess(): ProcessIdentity {
  const stat = processStat(process.pid);
  return { host: hostIdentity(), pid: process.pid, start: stat?.start ?? unknownStart };
}

/** `host-pid-start`: lower-case hex and digits, safe in file names. */
export function formatIdentity(identity: ProcessIdentity): string {
  return `${identity.host}-${identity.pid}-${identity.start}`;
}

/** The identity that `formatIdentity` wrote, or undefined. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const [, host, pid, start] = pattern.exec(text) ?? [];
  if (host === undefined || pid === undefined || start === undefined) return undefined;
  return { host, pid: Number(pid), start };
}

/** Whether a process still runs, as far as `self` can tell. */
export function livenessOf(other: ProcessIdentity, self: ProcessIdentity): Liveness {
  if (other.host !== self.host) return "unknown";
  const stat = processStat(other.pid);
  if (stat !== undefined && other.start !== unknownStart) {
    return stat.start === other.start && stat.state === "running" ? "alive" : "dead";
  }
  return signalReaches(other.pid) ? "alive" : "dead";
}

function hostIdentity(): string {
  const boot = readProc(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
  const namespace = readProc(() => readlinkSync("/proc/self/ns/pid"));
  const parts = boot === undefined ? [hostname()] : [boot.trim(), namespace ?? ""];
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}

interface ProcessStat {
  readonly state: "running" | "ended";
  readonly start: string;
}

/** Fields 3 (state) and 22 (start time) of /proc/PID/stat; field 2 is in parentheses and may hold anything.
 * A zombie has ended: where pid 1 of a container reaps nobody, it would hold its locks for ever. */
function processStat(pid: number): ProcessStat | undefined {
  const text = readProc(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, start] = [fields[0], fields[19]];
  if (state === undefined || start === undefined) return undefined;
  return { state: state === "Z" || state === "X" ? "ended" : "running", start };
}

/** /proc is absent on other systems, and hides foreign processes under `hidepid`. */
function readProc(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** EPERM means that the process is there but not ours. */
function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return systemErrorCode(error) !== "ESRCH";
  }
}
