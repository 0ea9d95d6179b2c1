import type { Ulimit } from "../executor.js";
import type { CommandUser } from "../run/backend.js";
import { sandboxCapabilities, sandboxMaskedPaths, sandboxReadonlyPaths } from "./docker-defaults.js";
import {
  type RuntimeConfig,
  type RuntimeLimit,
  type RuntimeLinux,
  type RuntimeMount,
  type RuntimeProcess,
  unlimited,
} from "./runtime-spec.js";
import { seccompProfile } from "./seccomp/seccomp-profile.js";

/** Understood by every release of runc and crun since 2021; nothing that we say is newer. */
const OCI_VERSION = "1.0.2";

/** A command as an OCI runtime is told of it. All paths but `rootFolder` are inside the root. */
export interface RuntimeConfigOptions {
  readonly rootFolder: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly user: CommandUser;
  readonly hostname: string;
  readonly mounts: readonly RuntimeMount[];
  readonly ulimits: readonly Ulimit[];
  readonly security: "sandbox" | "insecure";
  /** All capabilities that there are to give, and that an insecure command gets. */
  readonly allCapabilities: readonly string[];
  /** A terminal like the caller's, which may not know its own size. */
  readonly terminal: "none" | { readonly rows: number; readonly columns: number };
  /** Node's name of the processor. */
  readonly arch: string;
}

/** The config.json of a container for one command, which is process 1 of its own pid namespace. The network namespace is
 * that of the runtime itself.
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config.md */
export function runtimeConfig(options: RuntimeConfigOptions): RuntimeConfig {
  return {
    ociVersion: OCI_VERSION,
    process: runtimeProcess(options),
    root: { path: options.rootFolder, readonly: false },
    hostname: options.hostname,
    mounts: options.mounts,
    linux: runtimeLinux(options),
  };
}

function runtimeProcess(options: RuntimeConfigOptions): RuntimeProcess {
  const { user, ulimits, terminal } = options;
  return {
    terminal: terminal !== "none",
    // runc asks for it itself; the terminals of crun have none otherwise.
    ...(terminal === "none" ? {} : { consoleSize: { height: terminal.rows, width: terminal.columns } }),
    user: { uid: user.uid, gid: user.gid, umask: 0o022, additionalGids: user.groups },
    args: options.args,
    env: Array.from(options.env, ([name, value]) => `${name}=${value}`),
    cwd: options.cwd,
    capabilities: capabilitySets(options),
    rlimits: ulimits.map(({ name, soft, hard }) => ({
      type: `RLIMIT_${name.toUpperCase()}`,
      soft: limitOf(soft),
      hard: limitOf(hard),
    })),
    // sudo and other set-user-id programs work in a RUN, as with Docker.
    noNewPrivileges: false,
  };
}

/** Inheritable and ambient are empty: a command of another user than root has no capabilities, as with Docker. */
function capabilitySets(options: RuntimeConfigOptions): RuntimeProcess["capabilities"] {
  const names = capabilitiesOf(options);
  const own = options.user.uid === 0 ? names : [];
  return { bounding: names, effective: own, permitted: own, inheritable: [], ambient: [] };
}

function capabilitiesOf({ security, allCapabilities }: RuntimeConfigOptions): readonly string[] {
  if (security === "insecure") return allCapabilities;
  return sandboxCapabilities.filter((name) => allCapabilities.includes(name));
}

function limitOf(value: number): RuntimeLimit {
  return value < 0 ? unlimited : value;
}

function runtimeLinux(options: RuntimeConfigOptions): RuntimeLinux {
  const isSandbox = options.security === "sandbox";
  return {
    namespaces: [{ type: "mount" }, { type: "pid" }, { type: "ipc" }, { type: "uts" }],
    maskedPaths: isSandbox ? sandboxMaskedPaths : [],
    readonlyPaths: isSandbox ? sandboxReadonlyPaths : [],
    rootfsPropagation: "private",
    ...(isSandbox ? { seccomp: seccompProfile(sandboxCapabilities, options.arch) } : {}),
  };
}
