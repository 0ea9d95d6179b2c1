import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { systemErrorCode } from "@oci-build/oci";

const pattern = /^([0-9a-f]{16})-([1-9][0-9]{0,9})-([0-9]{1,20})-[0-9a-f]{16}$/;

/** A file name that nobody else has, and that says which process made it: `KERNEL-PID-START-RANDOM`. The kernel stands
 * there by its boot id and this pid namespace: only within one do pids mean anything. START is in clock ticks since boot,
 * so that the pid may be given to another process later. */
export function ownedName(): string {
  const start = processStart(process.pid) ?? "0";
  return `${kernelName()}-${process.pid}-${start}-${randomBytes(8).toString("hex")}`;
}

/** What became of the process that made a name: `unknown` where it cannot be seen from here, and for other names. After
 * a reboot nothing of it runs, but a store may be shared by machines, whose processes are unknown, too. */
export function ownerState(name: string): "alive" | "dead" | "unknown" {
  const [, kernel, pid, start] = pattern.exec(name) ?? [];
  if (kernel === undefined || kernel !== kernelName()) return "unknown";
  return processStart(Number(pid)) === start ? "alive" : "dead";
}

/** Field 22 of /proc/PID/stat, undefined when no such process runs. A zombie runs no more: where pid 1 of a container
 * reaps nobody, it would own its folders for ever. Field 2 is in parentheses and may hold anything. */
function processStart(pid: number): string | undefined {
  const text = readProc(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields?.[0] === "Z" || fields?.[0] === "X" ? undefined : fields?.[19];
}

/** What tells this boot of this machine from all others; empty where the kernel does not tell. */
export function bootId(): string {
  return readProc(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1"))?.trim() ?? "";
}

function kernelName(): string {
  const namespace = readProc(() => readlinkSync("/proc/self/ns/pid"));
  return createHash("sha256")
    .update(`${bootId()}\0${namespace ?? ""}`)
    .digest("hex")
    .slice(0, 16);
}

function readProc(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}
