import type { RuntimeSeccomp, SeccompArgument, SeccompRule } from "../runtime-spec.js";
import { allowedSyscalls, syscallsByCapability } from "./allowed-syscalls.js";
import { seccompArchitecture } from "./seccomp-architecture.js";

const EPERM = 1;
const ENOSYS = 38;

/** CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET} of linux/sched.h. */
const CLONE_NAMESPACES =
  0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;

/** PER_LINUX, PER_LINUX32, both with UNAME26, and asking for what it is. */
const PERSONALITIES = [0x0, 0x0008, 0x20000, 0x20008, 0xffffffff] as const;

/** Address families that lead to the kernel's cryptography, and out to the host of a virtual machine. */
const AF_ALG = 38;
const AF_VSOCK = 40;

/** The system calls that a command of these capabilities may make, as Docker's default profile has them.
 *
 * Differs: sockets of the kernel's cryptography (AF_ALG) are refused, too, as newer profiles of Docker do. */
export function seccompProfile(capabilities: readonly string[], nodeArch: string): RuntimeSeccomp {
  const architecture = seccompArchitecture(nodeArch);
  const byCapability = capabilities.flatMap((name) => syscallsByCapability[name] ?? []);
  return {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: EPERM,
    architectures: architecture.names,
    syscalls: [
      allow([...new Set([...allowedSyscalls, ...byCapability, ...architecture.syscalls])]),
      ...socketRules(),
      ...PERSONALITIES.map((value) => allowWhen("personality", { index: 0, value, op: "SCMP_CMP_EQ" })),
      ...(byCapability.includes("clone") ? [] : cloneRules(architecture.cloneFlagsIndex)),
    ],
  };
}

/** Rules with the same argument twice mean different things to runc and crun, so each has its own. */
function socketRules(): readonly SeccompRule[] {
  return [
    allowWhen("socket", { index: 0, value: AF_ALG, op: "SCMP_CMP_LT" }),
    allowWhen("socket", { index: 0, value: AF_ALG + 1, op: "SCMP_CMP_EQ" }),
    allowWhen("socket", { index: 0, value: AF_VSOCK, op: "SCMP_CMP_GT" }),
  ];
}

/** No new namespaces. What clone3 is asked for lies in memory, where a filter cannot see it; told that there is no such
 * call, the C libraries take clone. */
function cloneRules(index: 0 | 1): readonly SeccompRule[] {
  return [
    allowWhen("clone", { index, value: CLONE_NAMESPACES, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }),
    { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS },
  ];
}

function allow(names: readonly string[]): SeccompRule {
  return { names, action: "SCMP_ACT_ALLOW" };
}

function allowWhen(name: string, argument: SeccompArgument): SeccompRule {
  return { names: [name], action: "SCMP_ACT_ALLOW", args: [argument] };
}
