import { readFileSync } from "node:fs";

/** A mount of this process's own mount namespace. `flags` are those that a copy of it in a user namespace cannot lose. */
export interface HostMount {
  readonly target: string;
  readonly type: string;
  readonly flags: readonly string[];
}

const LOCKED_FLAGS: ReadonlySet<string> = new Set([
  "ro",
  "nosuid",
  "nodev",
  "noexec",
  "noatime",
  "nodiratime",
  "relatime",
]);

/** All mounts, a later one over an earlier one.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
export function readHostMounts(): readonly HostMount[] {
  return parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8"));
}

/** `text` is a mountinfo file: id, parent, device, root, target, flags, tags up to a dash, type, source, options. */
export function parseMountInfo(text: string): readonly HostMount[] {
  return text.split("\n").flatMap((row): HostMount[] => {
    const fields = row.split(" ");
    const [target, flags, type] = [fields[4], fields[5], fields[fields.indexOf("-", 6) + 1]];
    if (target === undefined || flags === undefined || type === undefined) return [];
    return [
      { target: unescapeField(target), type, flags: flags.split(",").filter((f) => LOCKED_FLAGS.has(f)) },
    ];
  });
}

/** The flags of the mount that a path without links lies on. */
export function lockedFlags(mounts: readonly HostMount[], path: string): readonly string[] {
  let best: HostMount | undefined;
  for (const mount of mounts) {
    if (isBelow(path, mount.target) && mount.target.length >= (best?.target.length ?? 0)) best = mount;
  }
  return best?.flags ?? [];
}

function isBelow(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

function unescapeField(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
