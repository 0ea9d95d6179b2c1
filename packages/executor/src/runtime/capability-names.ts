import { readFileSync } from "node:fs";
import type { IdSpace } from "../space/id-space.js";

/** The capabilities of Linux by their bits.
 * @see https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/capability.h */
const names = [
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "KILL",
  "SETGID",
  "SETUID",
  "SETPCAP",
  "LINUX_IMMUTABLE",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_ADMIN",
  "NET_RAW",
  "IPC_LOCK",
  "IPC_OWNER",
  "SYS_MODULE",
  "SYS_RAWIO",
  "SYS_CHROOT",
  "SYS_PTRACE",
  "SYS_PACCT",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_NICE",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "MKNOD",
  "LEASE",
  "AUDIT_WRITE",
  "AUDIT_CONTROL",
  "SETFCAP",
  "MAC_OVERRIDE",
  "MAC_ADMIN",
  "SYSLOG",
  "WAKE_ALARM",
  "BLOCK_SUSPEND",
  "AUDIT_READ",
  "PERFMON",
  "BPF",
  "CHECKPOINT_RESTORE",
] as const;

/** The capabilities whose bits stand in a set as /proc has it, in hex. */
export function capabilityNames(hex: string): readonly string[] {
  const bits = BigInt(`0x${hex}`);
  return names.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n).map((name) => `CAP_${name}`);
}

/** The capabilities that can be had at all: those of this process where it is root itself; in a user namespace of its
 * own, its root has all that the kernel knows. */
export function givableCapabilities({ mapping }: Pick<IdSpace, "mapping">): readonly string[] {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return mapping === "root" && bounding !== undefined
    ? capabilityNames(bounding)
    : capabilityNames(EVERY_BIT);
}

const EVERY_BIT = "f".repeat(16);
