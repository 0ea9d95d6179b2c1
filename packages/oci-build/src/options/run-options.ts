import type { StepInfo } from "../events/build-event.js";

/** Where a secret is: in a file, in an environment variable, or here. Read when a RUN that mounts it is executed; up to
 * 500 KiB, as with BuildKit. A variable that is not set is a secret that is not there. */
export type BuildSecret =
  | { readonly file: string }
  | { readonly env: string }
  | { readonly value: string | Uint8Array };

/** What a RUN may do only when the builder allows it, too: see `--network=host` and `--security=insecure` of RUN. */
export type Entitlement = "network.host" | "security.insecure";

/** The network of a RUN; `default` is the host's. */
export type RunNetwork = "default" | "none" | "host";

/** What runs commands: an OCI runtime, or programs that every Linux has. */
export type ExecutorChoice = "auto" | "runc" | "crun" | "util-linux";

/** A line of /etc/hosts. `host-gateway` is the address of this host. */
export interface HostEntry {
  readonly name: string;
  readonly address: string;
}

/** A resource limit by its name without RLIMIT_, such as `nofile`; -1 is no limit. Default of `hard`: `soft`. */
export interface RunUlimit {
  readonly name: string;
  readonly soft: number;
  readonly hard?: number | undefined;
}

/** How a command ended. */
export type CommandStatus =
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "killed"; readonly signal: NodeJS.Signals };

/** A RUN that failed, while its root file system still is as it left it. */
export interface FailedRun {
  readonly step: StepInfo;
  readonly status: CommandStatus;
  /** Runs another program there, with the user, environment, mounts and network of the RUN, on this process's own
   * terminal. To be called, and awaited, before `onFailedStep` ends. */
  readonly enter: (args: readonly [string, ...string[]]) => Promise<CommandStatus>;
}

/** What RUN may use and how it is run. */
export interface RunOptions {
  /** What `RUN --mount=type=secret` finds, by id. No secret gets into a layer, a key, an event or an error; what a command
   * prints of it is shown as it stands. */
  readonly secrets?: Readonly<Record<string, BuildSecret>> | undefined;
  /** What `RUN --mount=type=ssh` finds, by id: an agent by its socket, where an empty text is the one that SSH_AUTH_SOCK
   * names, or one or several files with private keys that need no passphrase. Commands can list the keys and have signed
   * with them; no key itself gets into RUN, a layer, a key of the cache, an event or an error. A mount without an id means
   * `default`. */
  readonly ssh?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly allow?: readonly Entitlement[] | undefined;
  /** For each RUN that does not say `--network` itself. `host` needs no further permission here. */
  readonly network?: RunNetwork | undefined;
  readonly addHosts?: readonly HostEntry[] | undefined;
  /** The size of /dev/shm in bytes. Default: 64 MiB, as with Docker. */
  readonly shmSize?: number | undefined;
  readonly ulimits?: readonly RunUlimit[] | undefined;
  /** Default: `auto`, an OCI runtime that works here, else util-linux. */
  readonly executor?: ExecutorChoice | undefined;
  /** Milliseconds after which a RUN is ended and fails. Default: none. */
  readonly runTimeoutMs?: number | undefined;
  /** Called when a RUN has failed and before its files are removed; the build fails after it. */
  readonly onFailedStep?: ((failed: FailedRun) => Promise<void>) | undefined;
}
