import { readFileSync } from "node:fs";
import type { ShownPart } from "./backend.js";

/** A mount of this process's own mount namespace. `flags` are those that a copy of it in a user namespace cannot lose. */
export interface HostMount {
  readonly target: string;
  readonly type: string;
  /** Its number, and the path on it that is mounted, as mountinfo writes paths. */
  readonly device: string;
  readonly root: string;
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
    const [, , device, root = "", target, flags] = fields;
    const type = fields[fields.indexOf("-", 6) + 1];
    if (device === undefined || target === undefined || flags === undefined || type === undefined) return [];
    const locked = flags.split(",").filter((flag) => LOCKED_FLAGS.has(flag));
    return [{ target: unescapeField(target), type, device, root, flags: locked }];
  });
}

/** The flags of the mount that a path without links lies on. */
export function lockedFlags(mounts: readonly HostMount[], path: string): readonly string[] {
  return mountOf(mounts, path)?.flags ?? [];
}

/** What a bind of a path without links shows.
 * @throws TypeError for a relative path */
export function shownPart(mounts: readonly HostMount[], path: string): ShownPart {
  const mount = mountOf(mounts, path);
  if (mount === undefined) throw new TypeError(`${path} lies on no mount`);
  const inside = path.slice(mount.target === "/" ? 0 : mount.target.length);
  return { device: mount.device, path: joinShown(mount.root, escapeField(inside)) };
}

/** A path as mountinfo writes it. */
export function escapeField(text: string): string {
  return text.replaceAll(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

function joinShown(root: string, inside: string): string {
  if (inside === "" || inside === "/") return root;
  return root === "/" ? inside : root + inside;
}

function mountOf(mounts: readonly HostMount[], path: string): HostMount | undefined {
  let best: HostMount | undefined;
  for (const mount of mounts) {
    if (isBelow(path, mount.target) && mount.target.length >= (best?.target.length ?? 0)) best = mount;
  }
  return best;
}

function isBelow(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

function unescapeField(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
