import type { DiffId, LayerEntry } from "@oci-build/oci";

/** One layer of a root file system, by the identity that was checked when it was decompressed. */
export interface RootLayer {
  readonly diffId: DiffId;
  /** The uncompressed tar from its start; each call gives a stream of its own. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** One command on one root file system.
 *
 * `layers` stand from the base upwards; none means an empty root. `args` is the whole argument list, shell included;
 * nothing is expanded. `env` is all that the command sees. `cwd` is absolute and inside the root. `user` is
 * `USER[:GROUP]`, names looked up in the root's own passwd and group files; empty means root. */
export interface ExecRequest {
  readonly layers: readonly RootLayer[];
  readonly args: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly user: string;
  readonly network: "default" | "none" | "host";
  readonly security: "sandbox" | "insecure";
  /** Called in the order of arrival with bytes as the command wrote them; they are only valid during the call. */
  readonly onOutput: (stream: "stdout" | "stderr", bytes: Uint8Array) => void;
  /** Stops the whole process tree: SIGTERM, then SIGKILL within 2 s. */
  readonly signal?: AbortSignal | undefined;
}

/** How a command ended. */
export type ExecStatus =
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "killed"; readonly signal: NodeJS.Signals };

/** What one command did. `changes` are in a layer's order, against the layers of the request; mount points and files
 * that the executor itself adds are not among them. Files can be opened until the result is disposed of, which the
 * caller does, whatever the status. */
export interface ExecResult extends AsyncDisposable {
  readonly status: ExecStatus;
  readonly changes: readonly LayerEntry[];
}

/** Runs commands on root file systems, isolated from the host. Requests may run at the same time. */
export interface Executor {
  readonly name: string;
  /** Resolves however the command ends; rejects when it could not be started or was aborted. */
  run(request: ExecRequest): Promise<ExecResult>;
}
