import type { MountLine } from "../run/backend.js";

/** An OCI runtime that we know how to ask. */
export type RuntimeName = "crun" | "runc";

/** A runtime on this host. `program` is an absolute path. */
export interface OciRuntime {
  readonly name: RuntimeName;
  readonly program: string;
}

/** Where a runtime finds a container, and keeps what it knows of it. All are absolute; `log` gets what the runtime itself
 * has to say, one JSON object a line. */
export interface RuntimeFolders {
  readonly bundle: string;
  readonly state: string;
  readonly log: string;
}

/** The command line that runs a bundle's container and ends with its exit status: 128 + the signal when that ended it.
 *
 * No cgroup is made: what limits a command's processes is around the runtime, so that a runtime which is killed leaves
 * nothing. Both look at /sys/fs/cgroup all the same, and give up on hosts that mix versions; see `cgroupMount`. */
export function runtimeCommand(runtime: OciRuntime, folders: RuntimeFolders): readonly [string, ...string[]] {
  return [
    runtime.program,
    "--root",
    folders.state,
    "--log",
    runtime.name === "crun" ? `file:${folders.log}` : folders.log,
    "--log-format",
    "json",
    ...withoutCgroup[runtime.name],
    "run",
    "--bundle",
    folders.bundle,
    CONTAINER_ID,
  ];
}

/** Each container has a state folder, and so a list of names, of its own. */
const CONTAINER_ID = "run";

/** What runc calls rootless is about cgroups alone: it may be root, and then does without one that it may not make. */
const withoutCgroup: Readonly<Record<RuntimeName, readonly string[]>> = {
  crun: ["--cgroup-manager=disabled"],
  runc: ["--rootless=true"],
};

/** The source's name of file systems that have none: not the host's, since mount(8) would take its for this one. */
const ANEW = "oci-build";
const CGROUP_FOLDER = "/sys/fs/cgroup";

/** What goes before the runtime, in a mount namespace of its own: whatever cgroups the host has, the runtime sees the one
 * form that both understand, and cannot write to it. In a user namespace it needs a cgroup namespace, too. Where the host
 * has that form alone, the kernel mounts no second one right on it, so there is another file system between them. */
export const cgroupMounts: readonly MountLine[] = [
  { type: "tmpfs", source: `${ANEW}-between`, target: CGROUP_FOLDER, options: ["nosuid", "nodev", "noexec"] },
  { type: "cgroup2", source: ANEW, target: CGROUP_FOLDER, options: ["ro", "nosuid", "nodev", "noexec"] },
];

/** A runtime finds itself, and what it starts, by the pids of its own namespace. */
export const procMount: MountLine = {
  type: "proc",
  source: ANEW,
  target: "/proc",
  options: ["nosuid", "nodev", "noexec"],
};
