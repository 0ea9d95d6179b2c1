import { createHash } from "node:crypto";
import { readlinkSync, statSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { ownedName } from "../process/owned-name.js";
import { readSystemFile } from "./caller.js";

/** All that what was tried may depend on. */
export interface StampScope {
  /** Folder of the stamp, and the one whose file system was tried. */
  readonly dir: string;
  readonly choice: string;
  /** Absolute paths of programs; those that are not there count as such. */
  readonly programs: readonly string[];
}

/** Of what lies in an executor's folder while something is tried or written down. */
export const PROBE_PREFIX = "probe-";
/** Raised when what is tried, or how it is written down, changes. */
const STAMP_VERSION = 1;
const STAMP_MAX_BYTES = 16 * 1024;

/** What was found out before under the same circumstances, as it was given to `writeStamp`; undefined when there is
 * nothing, or when anything that it may depend on has changed. */
export function readStamp(scope: StampScope): unknown {
  const path = stampPath(scope);
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? {};
  if (size === undefined || size > STAMP_MAX_BYTES) return undefined;
  const stamp = parseObject(readSystemFile(path));
  return stamp?.["key"] === stampKey(scope) ? stamp["found"] : undefined;
}

/** Keeps what was found out, as JSON. Only what works is worth it: what does not is tried again. */
export async function writeStamp(scope: StampScope, found: unknown): Promise<void> {
  const aside = join(scope.dir, PROBE_PREFIX + ownedName());
  await writeFile(aside, JSON.stringify({ key: stampKey(scope), found }), { mode: 0o600 });
  await rename(aside, stampPath(scope));
}

function stampPath({ dir, choice }: StampScope): string {
  return join(dir, `host-${choice}.json`);
}

/** Read anew each time; a few dozen small files of the kernel. */
function stampKey({ dir, choice, programs }: StampScope): string {
  const parts = [
    String(STAMP_VERSION),
    choice,
    identityOf(dir),
    ...programs.map(identityOf),
    ...CIRCUMSTANCES.map(readSystemFile),
    rightsOf(readSystemFile("/proc/self/status")),
    namespaceOf("mnt"),
    namespaceOf("user"),
  ];
  return createHash("sha256").update(parts.join("\0")).digest("hex");
}

const CIRCUMSTANCES = [
  "/proc/sys/kernel/random/boot_id",
  "/proc/self/uid_map",
  "/proc/self/gid_map",
  "/proc/self/attr/current",
  "/etc/subuid",
  "/etc/subgid",
  "/proc/sys/kernel/unprivileged_userns_clone",
  "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
  "/proc/sys/user/max_user_namespaces",
  "/proc/sys/user/max_mnt_namespaces",
] as const;

/** Users, capabilities and filters of this process. */
function rightsOf(status: string): string {
  return status
    .split("\n")
    .filter((line) => /^(Uid|Gid|Groups|Cap\w+|NoNewPrivs|Seccomp\w*):/.test(line))
    .join("\n");
}

/** Empty where /proc tells none. */
function namespaceOf(kind: "mnt" | "user"): string {
  try {
    return readlinkSync(`/proc/self/ns/${kind}`);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return "";
  }
}

/** Tells one file from another, and from what it was. The times of a folder change with what is put into it. */
function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) return `${path} -`;
  const change = stat.isDirectory() ? "" : `${stat.size} ${stat.mtimeNs}`;
  return `${path} ${stat.dev} ${stat.ino} ${change}`;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
