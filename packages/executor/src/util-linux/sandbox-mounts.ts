import { existsSync, realpathSync, statSync } from "node:fs";
import type { MountLine, PreparedCommand } from "../run/backend.js";
import type { HostMount } from "../run/host-mounts.js";
import { lockedFlags } from "../run/host-mounts.js";
import { deviceMounts, isHostFolder } from "../runtime/device-folder.js";
import { sandboxMaskedPaths, sandboxReadonlyPaths } from "../runtime/docker-defaults.js";
import type { IdMapping } from "../space/id-space.js";

/** What of the host the table depends on. */
export interface HostView {
  readonly mapping: IdMapping;
  readonly hostMounts: readonly HostMount[];
  /** The program of the host that starts the command, and so is what /proc/self/exe leads to while it does. */
  readonly starter: string;
}

/** Of the group that owns terminals in every distribution. */
const TTY_GID = 5;
const CGROUPS = "/sys/fs/cgroup";
const QUIET = ["nosuid", "nodev", "noexec"] as const;

/** /proc, /dev and /sys as Docker mounts them, the command's own mounts, and what hides or protects parts of the host. */
export function sandboxMounts(command: PreparedCommand, host: HostView): readonly MountLine[] {
  const { root, mounts } = command;
  const own = mounts.map((mount): MountLine => {
    const { target, through } = mount;
    return {
      ...mount,
      target: root + target,
      through: through && { ...through, folder: root + through.folder },
    };
  });
  if (command.security === "insecure") return [...insecureMounts(command, host), ...own];
  return [
    { type: "proc", source: "proc", target: `${root}/proc`, options: QUIET },
    ...deviceFolder(command, host.mapping),
    ...systemMounts(command, host),
    ...protectedPaths(root),
    ...own,
    protectedStarter(host),
    ...hiddenHost(host),
  ];
}

function deviceFolder(command: PreparedCommand, mapping: IdMapping): readonly MountLine[] {
  const { root, side } = command;
  const dev = `${root}/dev`;
  return [
    { type: "bind", source: `${side}/dev`, target: dev, options: ["bind"] },
    ...deviceMounts(dev),
    ...ownFolders(command, mapping),
  ];
}

/** The parts of /dev in which processes leave something for each other. */
function ownFolders({ root, shmSizeBytes }: PreparedCommand, mapping: IdMapping): readonly MountLine[] {
  const dev = `${root}/dev`;
  const gid = mapping === "single" ? [] : [`gid=${TTY_GID}`];
  const pts = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", ...gid];
  return [
    { type: "devpts", source: "devpts", target: `${dev}/pts`, options: pts },
    {
      type: "tmpfs",
      source: "shm",
      target: `${dev}/shm`,
      options: [...QUIET, "mode=1777", `size=${shmSizeBytes}`],
    },
    { type: "mqueue", source: "mqueue", target: `${dev}/mqueue`, options: QUIET },
  ];
}

/** A /sys of one's own is for those who own the network that it shows; the host's comes with its cgroups, of which a
 * normal user may own some. */
function systemMounts(
  { root, network }: PreparedCommand,
  { mapping, hostMounts }: HostView,
): readonly MountLine[] {
  const target = `${root}/sys`;
  if (mapping === "root" || network === "none") {
    return [{ type: "sysfs", source: "sysfs", target, options: ["ro", ...QUIET] }];
  }
  const options = [...new Set(["rbind", "ro", ...QUIET, ...lockedFlags(hostMounts, "/sys")])];
  const system: MountLine = { type: "bind", source: "/sys", target, options };
  return existsSync(CGROUPS) ? [system, mask(CGROUPS, root + CGROUPS)] : [system];
}

function protectedPaths(root: string): readonly MountLine[] {
  const masked = sandboxMaskedPaths.filter((path) => existsSync(path)).map((path) => mask(path, root + path));
  const readonly = sandboxReadonlyPaths
    .filter((path) => existsSync(path))
    .map((path): MountLine => {
      return { type: "bind", source: root + path, target: root + path, options: ["bind", "ro", ...QUIET] };
    });
  return [...masked, ...readonly];
}

function mask(path: string, target: string): MountLine {
  if (statSync(path).isDirectory()) {
    return { type: "tmpfs", source: "tmpfs", target, options: ["ro", "size=4k", ...QUIET] };
  }
  // Read-only, or else the host's device would get the modes that the command gives to the file.
  return { type: "bind", source: "/dev/null", target, options: ["bind", "ro", "nosuid", "noexec"] };
}

/** A script that begins with `#!/proc/self/exe` starts the starter again, now with the image's loader and libraries, which
 * then have the host's file open. Through a mount that is read-only they can change nothing of it, not even its mode. */
function protectedStarter({ hostMounts, starter }: HostView): MountLine {
  const path = realpathSync(starter);
  const options = new Set(["bind", "ro", "nosuid", "nodev", ...lockedFlags(hostMounts, path)]);
  return { type: "bind", source: path, target: path, options: [...options] };
}

/** The host's own /proc and /sys lie under the root file system, where nobody can reach them, but a user namespace made
 * inside would be let mount them anew, because here they are whole: so they are covered. */
function hiddenHost({ hostMounts }: HostView): readonly MountLine[] {
  const whole = hostMounts.filter(({ type }) => type === "proc" || type === "sysfs");
  return (
    [...new Set(whole.map(({ target }) => target))]
      .filter((target) => existsSync(target))
      // The deepest first, and /proc last: mount(8) itself reads it.
      .sort((a, b) => Number(a === "/proc") - Number(b === "/proc") || b.length - a.length)
      .map((target) => ({ type: "tmpfs", source: "tmpfs", target, options: ["ro", "size=4k"] }))
  );
}

/** Nothing is hidden, and the host's devices are there, but not what its programs have in shared memory. */
function insecureMounts(command: PreparedCommand, { mapping }: HostView): readonly MountLine[] {
  const { root } = command;
  const folders = ownFolders(command, mapping);
  return [
    { type: "proc", source: "proc", target: `${root}/proc`, options: QUIET },
    { type: "bind", source: "/dev", target: `${root}/dev`, options: ["rbind"] },
    ...folders.filter(({ target }) => isHostFolder(target.slice(root.length))),
    { type: "bind", source: "/sys", target: `${root}/sys`, options: ["rbind"] },
  ];
}
