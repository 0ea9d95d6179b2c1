import type { PreparedCommand } from "../run/backend.js";
import type { IdMapping } from "../space/id-space.js";
import { isHostFolder } from "./device-folder.js";
import type { RuntimeMount } from "./runtime-spec.js";

/** The group of terminals on every Linux; where it has no id in the container, they belong to their users' own. */
const TTY_GROUP = 5;

type MountsOptions = Pick<PreparedCommand, "root" | "mounts" | "network" | "security" | "shmSizeBytes"> & {
  readonly mapping: IdMapping;
  /** A /dev with the devices, on the host's side. */
  readonly devices: string;
};

/** The mounts of a container, in their order: those that each has, and then the command's own. */
export function runtimeMounts(options: MountsOptions): readonly RuntimeMount[] {
  const base = options.security === "sandbox" ? sandboxMounts(options) : insecureMounts(options);
  const own = options.mounts.map(({ target, type, source, options: flags }) => {
    return { destination: target, type, source, options: flags };
  });
  return [...base, ...own];
}

const quiet = ["nosuid", "noexec", "nodev"] as const;

/** crun mounts the root once more, and then it is no longer `nodev`: see `deviceFiles`. Neither takes `/` as a target. */
function rootMount(root: string): RuntimeMount {
  return { destination: "/.", type: "bind", source: root, options: ["remount", "bind", "nodev"] };
}

const processMount: RuntimeMount = { destination: "/proc", type: "proc", source: "proc", options: quiet };

/** The host's devices and its /sys, whole, but not what its programs have in shared memory. */
function insecureMounts(options: MountsOptions): readonly RuntimeMount[] {
  return [
    processMount,
    { destination: "/dev", type: "bind", source: "/dev", options: ["rbind", "rw"] },
    ...ownFolders(options).filter(({ destination }) => isHostFolder(destination)),
    { destination: "/sys", type: "bind", source: "/sys", options: ["rbind", "rw"] },
  ];
}

function sandboxMounts(options: MountsOptions): readonly RuntimeMount[] {
  const { root, devices } = options;
  return [
    rootMount(root),
    processMount,
    { destination: "/dev", type: "bind", source: devices, options: ["rbind", "rw", "nosuid", "nodev"] },
    ...ownFolders(options),
    systemMount(options),
  ];
}

/** The parts of /dev in which processes leave something for each other. */
function ownFolders({ shmSizeBytes, mapping }: MountsOptions): readonly RuntimeMount[] {
  const shared = [...quiet, "mode=1777", `size=${shmSizeBytes}`];
  return [
    { destination: "/dev/pts", type: "devpts", source: "devpts", options: terminalOptions(mapping) },
    { destination: "/dev/shm", type: "tmpfs", source: "shm", options: shared },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: quiet },
  ];
}

function terminalOptions(mapping: IdMapping): readonly string[] {
  const group = mapping === "single" ? [] : [`gid=${TTY_GROUP}`];
  return ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", ...group];
}

/** A sysfs shows the network of those who mount it, so who is no root of that network cannot, and gets the host's. */
function systemMount({ mapping, network }: MountsOptions): RuntimeMount {
  return mapping === "root" || network === "none"
    ? { destination: "/sys", type: "sysfs", source: "sysfs", options: ["ro", ...quiet] }
    : { destination: "/sys", type: "bind", source: "/sys", options: ["rbind", "ro", ...quiet] };
}
