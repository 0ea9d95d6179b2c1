import type { Snapshot } from "@oci-build/snapshot";
import type { ExecStatus, ExecStdio, Executor, Ulimit } from "../executor.js";
import type { HostFacts } from "../space/host-facts.js";
import type { IdSpace } from "../space/id-space.js";
import type { MountedContent } from "./mount-view.js";
import type { PreparedFile } from "./prepared-file.js";

/** One mount, as a line of an fstab. `source` and `target` are absolute paths on the host's side, seen from the mount
 * namespace of the run; `options` are those of mount(8), such as `bind` and `ro`. */
export interface MountLine {
  readonly type: "bind" | "tmpfs" | "proc" | "sysfs" | "devpts" | "mqueue" | "cgroup2" | "overlay";
  readonly source: string;
  readonly target: string;
  readonly options: readonly string[];
  /** Something to mount on, with its parents, that is made before the mount because nothing is there: only for targets
   * that lie in an earlier mount. */
  readonly make?: "directory" | "file" | undefined;
  /** A target that is reached through a folder which others may be changing: how that is reached, and what to mount on,
   * which is made when it is missing. No link that is put there meanwhile leads anywhere. */
  readonly through?: { readonly folder: string; readonly type: "directory" | "file" } | undefined;
  /** What it has to show when it is made, where its source lies in such a folder. */
  readonly shows?: ShownPart | undefined;
}

/** A part of a file system, as mountinfo has it: the device, or where that device is mounted whole, and the path on it. */
export interface ShownPart {
  readonly device: string | { readonly at: string };
  readonly path: string;
}

/** A mount that the command sees. Its target is absolute *inside the root*, has no links in it, and exists unless
 * `make` is said; its source, where it is a bind, is absolute on the host's side. */
export interface SandboxMount extends Omit<MountLine, "type"> {
  readonly type: "bind" | "tmpfs";
}

/** Who a command is, by number; `groups` are the supplementary ones, the primary among them. */
export interface CommandUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** A command with everything looked up. When the back end's program starts, `root` is mounted with all that the image
 * has, `side` is a small file system in memory, the files are there, and of `mounts` none is made yet: the back end
 * makes them, after its own /proc and /dev, in their order. /etc/hosts and /etc/resolv.conf are among them. */
export interface PreparedCommand {
  /** A folder of this command alone on disk, owned by the root of the space, removed when the result is disposed of. */
  readonly folder: string;
  /** Where the root file system is mounted: `folder` + `/root`. */
  readonly root: string;
  /** What is never to be on a disk: `folder` + `/side`. */
  readonly side: string;
  /** Whether others may be changing what is in `root`, and so no path of it may be opened for the command. */
  readonly content: MountedContent;
  /** What the command sees of the image: to look up programs in. */
  readonly tree: Pick<Snapshot, "get">;
  readonly args: readonly [string, ...string[]];
  /** All that the command is to see, HOME included. */
  readonly env: ReadonlyMap<string, string>;
  /** Absolute inside the root, without links; exists. */
  readonly cwd: string;
  readonly user: CommandUser;
  readonly mounts: readonly SandboxMount[];
  readonly network: "host" | "none";
  readonly security: "sandbox" | "insecure";
  readonly hostname: string;
  readonly shmSizeBytes: number;
  readonly ulimits: readonly Ulimit[];
  readonly stdio: ExecStdio;
}

/** How a back end runs a prepared command: what is added to what is prepared, and the program that becomes process 1 of
 * the run's outer pid namespace. Killing that process ends everything. */
export interface Launch {
  /** Beside mount and pid, which each run has. With `net` the new network has its loopback device up; with `uts` the
   * machine has the name that the command is to see. */
  readonly namespaces: readonly ("ipc" | "uts" | "net" | "cgroup")[];
  /** Further files; their paths are relative to `folder`, so `side/config.json` is never on a disk. */
  readonly files: readonly PreparedFile[];
  /** Made after the root, in one process with it. The host's /proc shows the pids of the host until a `proc` line
   * mounts another one over it. */
  readonly mounts: readonly MountLine[];
  /** Lines for the host's shell after the mounts, run in `root` with `set -e`; `"$1"` and so on are `scriptArgs`. */
  readonly script: string;
  readonly scriptArgs: readonly string[];
  /** The program of the host, by absolute path, and the whole environment that it gets. Names are identifiers. Its
   * standard streams are those of the command. */
  readonly program: readonly [string, ...string[]];
  readonly programEnv: ReadonlyMap<string, string>;
  /** What captured commands read from, as the host's shell opens it in `root` at last: nothing that the image or a mount
   * brought may be on the way. By default the host's /dev/null, which a command could give other modes. */
  readonly stdin?: string | undefined;
  /** What the end of `program` says about the command; by default the same. Rejects when the command was never started. */
  readonly status?: ((ended: ExecStatus) => ExecStatus | Promise<ExecStatus>) | undefined;
}

/** What differs between the ways to isolate a command. */
export interface Backend {
  readonly name: Executor["name"];
  /** @throws OciBuildError when the command can never run */
  prepare(command: PreparedCommand): Launch;
}

/** What a back end is made with. */
export interface BackendParts {
  readonly space: Pick<IdSpace, "mapping">;
  readonly facts: HostFacts;
}
