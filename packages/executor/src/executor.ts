import type { Duplex } from "node:stream";
import type { DiffId, LayerEntryBatches } from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import type { HostFolders } from "./space/host-folders.js";

/** One layer of a root file system, by the identity that was checked when it was decompressed. */
export interface RootLayer {
  readonly diffId: DiffId;
  /** The uncompressed tar from its start; each call gives a stream of its own. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** A root file system: layers from the base upwards, none means an empty root, and what they are together. */
export interface RootFileSystem {
  readonly layers: readonly RootLayer[];
  /** The tree of all layers. Mount targets, users and what is missing are looked up in it, never on the disk. */
  readonly tree: Snapshot;
}

/** What a mount shows: a part of another root file system, or a folder of the host, each with the path inside it.
 * A path is resolved inside its root, links included, and is to exist. */
export type MountSource =
  | { readonly kind: "layers"; readonly root: RootFileSystem; readonly path: string }
  | { readonly kind: "folder"; readonly folder: string; readonly path: string };

/** The owner and the permission bits of a file that a mount brings. */
export interface MountFileMeta {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Answers on one connection to a socket, of which there may be 64 at the same time. The connection is ended when the
 * promise resolves, and cut off when it rejects, or when the command has ended. */
export type ServeConnection = (connection: Duplex) => Promise<void>;

/** Something that one command sees and no layer gets. `target` is absolute; links in it are resolved inside the root,
 * and what is missing of it is there only as long as the command runs. Writes to a `discarded` bind are seen by the
 * command alone. `kept` writes go to the folder itself. Mounts are made in their order. */
export type ExecMount =
  | {
      readonly kind: "bind";
      readonly target: string;
      readonly source: MountSource;
      readonly writes: "refused" | "discarded" | "kept";
    }
  | { readonly kind: "tmpfs"; readonly target: string; readonly sizeBytes?: number | undefined }
  /** A file on a file system in memory, such as a secret or a script. */
  | ({ readonly kind: "file"; readonly target: string; readonly content: Uint8Array } & MountFileMeta)
  /** A Unix socket that the command alone has, such as an SSH agent's. */
  | ({ readonly kind: "socket"; readonly target: string; readonly serve: ServeConnection } & MountFileMeta);

/** A resource limit by its name without `RLIMIT_`, in lower case; -1 is no limit. */
export interface Ulimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** Where a command's output goes: to `onOutput`, or straight to this process's own terminal, whose input it gets, too. */
export type ExecStdio = "captured" | "inherited";

/** Told in the order of arrival of bytes as the command wrote them, which are only valid during the call. Where it gives a
 * promise, nothing more of that stream is read until that is resolved, so that nothing is written faster than it is read.
 * It is never rejected, and is resolved at the latest when the command is to be stopped. */
export type OnOutput = (stream: "stdout" | "stderr", bytes: Uint8Array) => Promise<void> | void;

/** One command. `args` is the whole argument list, shell included; nothing is expanded, and the program is looked up in
 * the root along `env.PATH`. `env` is all that the command sees, but for HOME, which is the user's where it is not given.
 * `cwd` is absolute and inside the root; it is made when it is missing. `user` is `USER[:GROUP]`, names looked up in the
 * root's own passwd and group files, with the supplementary groups that these give; empty means root. */
export interface ExecCommand {
  readonly args: readonly [string, ...string[]];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly user: string;
  readonly mounts: readonly ExecMount[];
  /** `default` is the host's network. */
  readonly network: "default" | "none" | "host";
  readonly security: "sandbox" | "insecure";
  /** More lines of /etc/hosts. */
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  readonly hostname?: string | undefined;
  readonly shmSizeBytes?: number | undefined;
  readonly ulimits: readonly Ulimit[];
  readonly stdio: ExecStdio;
  /** Called when the command itself starts: its root is unpacked, and its mounts are made. */
  readonly onStart?: (() => void) | undefined;
  readonly onOutput: OnOutput;
  /** Stops the whole process tree: SIGTERM, then SIGKILL within 2 s. */
  readonly signal?: AbortSignal | undefined;
}

/** A command and the root that it runs on. */
export interface ExecRequest extends ExecCommand {
  readonly root: RootFileSystem;
}

/** How a command ended. */
export type ExecStatus =
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "killed"; readonly signal: NodeJS.Signals };

/** What one command did. Its files stay until the result is disposed of, which the caller does, whatever the status. */
export interface ExecResult extends AsyncDisposable {
  readonly status: ExecStatus;
  /** The changes in a layer's order, against the layers of the request; mount points and files that the executor itself
   * adds are not among them. One pass: a file can be opened until the next entry is asked for. */
  changes(signal?: AbortSignal): LayerEntryBatches;
  /** Runs one more command on the root as the last one left it, such as a shell to look around. */
  enter(command: ExecCommand): Promise<ExecStatus>;
}

/** How much of what a command does its layer can hold: `full`; or everything but owners, which are all 0:0, because only
 * one id was to be had. */
export type ExecFidelity = "full" | "single-id";

/** Runs commands on root file systems, isolated from the host. Requests may run at the same time. Disposing ends what
 * still runs and removes what only this executor needs; unpacked layers stay. */
export interface Executor extends AsyncDisposable {
  readonly name: "util-linux" | "crun" | "runc";
  readonly fidelity: ExecFidelity;
  /** Folders of the host for mounts whose writes are kept. */
  readonly folders: HostFolders;
  /** Resolves however the command ends; rejects when it could not be started or was aborted. */
  run(request: ExecRequest): Promise<ExecResult>;
}
