import { spawnSync } from "node:child_process";
import { chownSync, existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Who a child process is, and what its host allows: made in namespaces of the child alone, by root. */
export type HostVariant =
  | "root"
  | "root that may not mount"
  | "user with subordinate ids"
  | "user without subordinate ids"
  | "root that may make no namespaces"
  | "root of a container"
  | "root of a container with one id"
  | "user below a masked /proc"
  | "root with cgroup v2 alone"
  | "user with cgroup v2 alone";

/** Any user that every distribution has. */
const NOBODY = 65534;
/** What a tests' user gets as subordinate ids: by number, with all ids that images use. */
export const SUBORDINATE_RANGE = { start: 300_000, count: 65_536 } as const;

const becomeNobody = `exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups -- "$@"`;
const setRanges = 'for file in /etc/subuid /etc/subgid; do mount --bind "$0/ranges" $file; done';
const hideRanges = "for file in /etc/subuid /etc/subgid; do mount --bind /dev/null $file; done";
const refuseNamespaces = "for kind in user mnt; do echo 0 >/proc/sys/user/max_${kind}_namespaces; done";
const ids = `${SUBORDINATE_RANGE.start},0,${SUBORDINATE_RANGE.count}`;
/** What most distributions have; others have folders of both versions there. */
const mountCgroups = "[ -e /sys/fs/cgroup/cgroup.controllers ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup";
const becomeContainer = `exec unshare --map-users ${ids} --map-groups ${ids} --setuid 0 --setgid 0 --mount -- "$@"`;

/** Shell scripts that end with the child in their place. \`$0\` is a folder that the child may write to. */
const scripts: Readonly<Record<HostVariant, string>> = {
  root: 'exec "$@"',
  "root that may not mount": 'exec setpriv --bounding-set -sys_admin --inh-caps -all -- "$@"',
  "root that may make no namespaces": `${refuseNamespaces}; exec "$@"`,
  "root of a container": `${setRanges}; ${becomeContainer}`,
  "root of a container with one id": 'exec "$@"',
  "user with subordinate ids": `${setRanges}; ${becomeNobody}`,
  "user without subordinate ids": `${hideRanges}; ${becomeNobody}`,
  "user below a masked /proc": `${hideRanges}; mount --bind /dev/null /proc/version; ${becomeNobody}`,
  "root with cgroup v2 alone": `${mountCgroups}; exec "$@"`,
  "user with cgroup v2 alone": `${mountCgroups}; ${setRanges}; ${becomeNobody}`,
};

/** Where the script itself is to run in a user namespace: the limits of namespaces are each one's own. */
const users: Readonly<Partial<Record<HostVariant, readonly string[]>>> = {
  "root that may make no namespaces": ["--map-root-user"],
  "root of a container with one id": ["--map-root-user"],
};

/** Why a variant cannot be had on this machine, or undefined. */
export function variantProblem(variant: HostVariant): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs root on Linux";
  if (!variant.startsWith("root that") && variant !== "root" && !worldReadable())
    return "needs a checkout that other users can read";
  if (scripts[variant].includes(setRanges)) {
    const missing = ["/usr/bin/newuidmap", "/etc/subuid", "/etc/subgid"].find((file) => !existsSync(file));
    if (missing !== undefined) return `needs ${missing} (uidmap)`;
  }
  return undefined;
}

/** What is run as a variant: a module that Node runs as it is, told its arguments. */
export interface VariantChild {
  /** The module's file. */
  readonly child: string;
  /** Given to the variant's user. */
  readonly folder: string;
  readonly args: readonly string[];
}

/** The command that runs a child as a variant. */
export function childCommand(
  variant: HostVariant,
  { child, folder, args }: VariantChild,
): readonly [string, ...string[]] {
  const { start, count } = SUBORDINATE_RANGE;
  writeFileSync(path.join(folder, "ranges"), [0, NOBODY].map((id) => `${id}:${start}:${count}\n`).join(""));
  const owner = variant === "root of a container" ? start : variant.startsWith("user") ? NOBODY : 0;
  chownSync(folder, owner, owner);
  return [
    ...(["unshare", ...(users[variant] ?? []), "--mount", "--propagation", "private", "--"] as const),
    ...["sh", "-euc", scripts[variant], folder],
    ...[process.execPath, child, ...args],
  ];
}

/** Whether any user can read this file, and so the checkout and what is installed. */
function worldReadable(): boolean {
  const test = ["--reuid", String(NOBODY), "--regid", String(NOBODY), "--clear-groups", "--"];
  const files = [fileURLToPath(import.meta.url), process.execPath];
  return files.every((file) => spawnSync("setpriv", [...test, "test", "-r", file]).status === 0);
}
