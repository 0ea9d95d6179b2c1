/** What we say of a container to an OCI runtime: the part of config.json that we use.
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config.md */
export interface RuntimeConfig {
  readonly ociVersion: string;
  readonly process: RuntimeProcess;
  readonly root: { readonly path: string; readonly readonly: boolean };
  readonly hostname?: string;
  readonly mounts: readonly RuntimeMount[];
  readonly linux: RuntimeLinux;
}

/** @see https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config.md#process */
export interface RuntimeProcess {
  readonly terminal: boolean;
  /** In characters. */
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly user: {
    readonly uid: number;
    readonly gid: number;
    readonly umask: number;
    readonly additionalGids: readonly number[];
  };
  readonly args: readonly string[];
  /** `NAME=value`, whatever bytes the name has. */
  readonly env: readonly string[];
  readonly cwd: string;
  readonly capabilities: Readonly<Record<CapabilitySet, readonly string[]>>;
  readonly rlimits: readonly {
    readonly type: string;
    readonly soft: RuntimeLimit;
    readonly hard: RuntimeLimit;
  }[];
  readonly noNewPrivileges: boolean;
}

/** RLIM_INFINITY is 2^64-1, which no number of JavaScript is: see `encodeRuntimeConfig`. */
export type RuntimeLimit = number | typeof unlimited;

export const unlimited = { rlimit: "infinity" } as const;

type CapabilitySet = "bounding" | "effective" | "permitted" | "inheritable" | "ambient";

/** @see https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config.md#mounts */
export interface RuntimeMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** @see https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config-linux.md */
export interface RuntimeLinux {
  readonly namespaces: readonly { readonly type: "mount" | "pid" | "ipc" | "uts" | "network" }[];
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  readonly rootfsPropagation: "private";
  readonly seccomp?: RuntimeSeccomp;
}

/** @see https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config-linux.md#seccomp */
export interface RuntimeSeccomp {
  readonly defaultAction: SeccompAction;
  readonly defaultErrnoRet: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly SeccompRule[];
}

type SeccompAction = "SCMP_ACT_ALLOW" | "SCMP_ACT_ERRNO";

/** What is done with system calls of these names; with `args`, only when all of them hold. */
export interface SeccompRule {
  readonly names: readonly string[];
  readonly action: SeccompAction;
  readonly errnoRet?: number;
  readonly args?: readonly SeccompArgument[];
}

export interface SeccompArgument {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: "SCMP_CMP_EQ" | "SCMP_CMP_LT" | "SCMP_CMP_GT" | "SCMP_CMP_MASKED_EQ";
}
