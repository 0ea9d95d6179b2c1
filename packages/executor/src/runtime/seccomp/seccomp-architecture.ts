/** What a seccomp profile needs to know of a processor: the instruction sets whose programs it runs, and the calls that
 * it has alone. */
export interface SeccompArchitecture {
  readonly names: readonly string[];
  readonly syscalls: readonly string[];
  /** The argument of clone(2) that holds its flags. */
  readonly cloneFlagsIndex: 0 | 1;
}

const arm = [
  "arm_fadvise64_64",
  "arm_sync_file_range",
  "breakpoint",
  "cacheflush",
  "set_tls",
  "sync_file_range2",
];

/** By Node's names of processors. One that is not here has no names: the runtime takes its own then. */
const architectures: Readonly<Partial<Record<string, Omit<SeccompArchitecture, "cloneFlagsIndex">>>> = {
  x64: {
    names: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
    syscalls: ["arch_prctl", "modify_ldt"],
  },
  ia32: { names: ["SCMP_ARCH_X86"], syscalls: ["modify_ldt"] },
  arm64: { names: ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"], syscalls: arm },
  arm: { names: ["SCMP_ARCH_ARM"], syscalls: arm },
  ppc64: { names: ["SCMP_ARCH_PPC64LE"], syscalls: ["swapcontext", "sync_file_range2"] },
  riscv64: { names: ["SCMP_ARCH_RISCV64"], syscalls: ["riscv_flush_icache"] },
  loong64: { names: ["SCMP_ARCH_LOONGARCH64"], syscalls: [] },
  s390x: {
    names: ["SCMP_ARCH_S390X", "SCMP_ARCH_S390"],
    syscalls: ["s390_pci_mmio_read", "s390_pci_mmio_write", "s390_runtime_instr"],
  },
};

export function seccompArchitecture(nodeArch: string): SeccompArchitecture {
  const known = architectures[nodeArch] ?? { names: [], syscalls: [] };
  return { ...known, cloneFlagsIndex: nodeArch === "s390x" ? 1 : 0 };
}
