import { describe, expect, it } from "vitest";
import { sandboxCapabilities } from "../docker-defaults.js";
import { allowedSyscalls, syscallsByCapability } from "./allowed-syscalls.js";
import { seccompProfile } from "./seccomp-profile.js";

const allowedBy = (capabilities: readonly string[], arch = "x64"): readonly string[] =>
  seccompProfile(capabilities, arch).syscalls.find(({ args }) => args === undefined)?.names ?? [];

describe("allowedSyscalls", () => {
  it("names each call once, as the kernel writes it", () => {
    expect(new Set(allowedSyscalls).size).toBe(allowedSyscalls.length);
    expect(allowedSyscalls.filter((name) => !/^_?[a-z][a-z0-9_]*$/.test(name))).toEqual([]);
  });

  it("has none that asks for a capability", () => {
    const asking = new Set(Object.values(syscallsByCapability).flat());
    expect(allowedSyscalls.filter((name) => asking.has(name))).toEqual([]);
  });

  it.each([
    "read",
    "execve",
    "openat2",
    "fchmodat2",
    "futex_waitv",
    "statx",
    "ptrace",
    "mknodat",
    "landlock_create_ruleset",
  ])("has %s", (name) => {
    expect(allowedSyscalls).toContain(name);
  });

  it.each([
    "io_uring_setup",
    "keyctl",
    "add_key",
    "kexec_load",
    "userfaultfd",
    "vm86",
    "nfsservctl",
    "move_pages",
  ])("lacks %s", (name) => {
    expect(allowedSyscalls).not.toContain(name);
  });
});

describe("seccompProfile", () => {
  it("refuses what it does not name with EPERM", () => {
    expect(seccompProfile(sandboxCapabilities, "x64")).toMatchObject({
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 1,
      architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    });
  });

  it("lets a sandboxed command change its root, and neither mount nor enter namespaces", () => {
    const names = allowedBy(sandboxCapabilities);
    expect(names).toContain("chroot");
    for (const name of [
      "mount",
      "setns",
      "unshare",
      "clone",
      "clone3",
      "bpf",
      "syslog",
      "reboot",
      "socket",
    ]) {
      expect(names).not.toContain(name);
    }
  });

  it("lets clone make processes and no namespaces, and says that clone3 is unknown", () => {
    const { syscalls } = seccompProfile(sandboxCapabilities, "x64");
    expect(syscalls).toContainEqual({
      names: ["clone"],
      action: "SCMP_ACT_ALLOW",
      args: [{ index: 0, value: 0x7e020000, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }],
    });
    expect(syscalls).toContainEqual({ names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38 });
  });

  it("takes the flags of clone from the second argument on s390x", () => {
    const { syscalls } = seccompProfile(sandboxCapabilities, "s390x");
    expect(syscalls.find(({ names }) => names.includes("clone"))?.args).toMatchObject([{ index: 1 }]);
  });

  it("lets CAP_SYS_ADMIN mount and make namespaces", () => {
    expect(allowedBy(["CAP_SYS_ADMIN"])).toEqual(
      expect.arrayContaining(["mount", "clone", "clone3", "setns"]),
    );
    const { syscalls } = seccompProfile(["CAP_SYS_ADMIN"], "x64");
    expect(syscalls.filter(({ names }) => names.includes("clone3"))).toHaveLength(1);
  });

  it.each([
    ["x64", "arch_prctl"],
    ["arm64", "sync_file_range2"],
    ["riscv64", "riscv_flush_icache"],
    ["ppc64", "swapcontext"],
  ])("has what %s alone has: %s", (arch, name) => {
    expect(allowedBy([], arch)).toContain(name);
    expect(allowedBy([], arch === "x64" ? "arm64" : "x64")).not.toContain(name);
  });

  it("leaves the instruction sets of unknown processors to the runtime", () => {
    expect(seccompProfile([], "sparc").architectures).toEqual([]);
  });

  // Differs: sockets of the kernel's cryptography (AF_ALG) are refused, too.
  it.each([
    ["AF_UNIX", 1, true],
    ["AF_INET6", 10, true],
    ["AF_BLUETOOTH", 31, true],
    ["AF_ALG, the kernel's cryptography", 38, false],
    ["AF_NFC", 39, true],
    ["AF_VSOCK, the host of a virtual machine", 40, false],
    ["AF_XDP", 44, true],
  ])("decides on sockets of %s", (_, family, isAllowed) => {
    const holds = {
      SCMP_CMP_LT: (a: number, b: number) => a < b,
      SCMP_CMP_EQ: (a: number, b: number) => a === b,
      SCMP_CMP_GT: (a: number, b: number) => a > b,
    };
    const rules = seccompProfile([], "x64").syscalls.filter(({ names }) => names.includes("socket"));
    const matches = rules.filter(({ args }) =>
      (args ?? []).every(({ op, value }) => op !== "SCMP_CMP_MASKED_EQ" && holds[op](family, value)),
    );
    expect(matches.length > 0).toBe(isAllowed);
  });
});
