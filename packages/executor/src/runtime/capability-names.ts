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

/** The capabilities that can be had at all, out of the text of a process's /proc/PID/status. In a user namespace of its
 * own, its root has all that the kernel knows. */
export function allCapabilities(statusText: string, space: "host" | "own"): readonly string[] {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(statusText)?.[1];
  return space === "own" || bounding === undefined
    ? capabilityNames("f".repeat(11))
    : capabilityNames(bounding);
}
