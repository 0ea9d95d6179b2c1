import { spawnSync } from "node:child_process";
import { lstatSync, readlinkSync } from "node:fs";
import { decodePath, encodePath, systemErrorCode } from "@oci-build/oci";
import { executorError } from "../errors.js";
import { firstLine } from "../space/first-line.js";
import type { IdSpace } from "../space/id-space.js";

/** What lies at a path of the host; links are not followed. `target` is that of a link. */
export interface DiskFacts {
  /** The type and the permission bits, as in `st_mode`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeSec: number;
  /** Of a device: 0 is that of overlayfs's whiteouts. */
  readonly device: number;
  readonly target: string | undefined;
}

/** Looks at an absolute path of the host; undefined when nothing is there. */
export type LookOnDisk = (path: string) => DiskFacts | undefined;

const TYPE_BITS = 0o170000;
const LINK = 0o120000;

/** As this process sees it. Where it may not look is told apart from where nothing is, since something that is taken for
 * absent might be a link that leads out. */
export function lookAsSelf(path: string): DiskFacts | "hidden" | undefined {
  const name = encodePath(path);
  try {
    const { mode, uid, gid, size, mtimeMs, rdev } = lstatSync(name);
    const target = (mode & TYPE_BITS) === LINK ? decodePath(readlinkSync(name, "buffer")) : undefined;
    return { mode, uid, gid, size, mtimeSec: Math.floor(mtimeMs / 1000), device: rdev, target };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return code === "EACCES" ? "hidden" : undefined;
  }
}

export interface LookInSpaceOptions {
  readonly space: Pick<IdSpace, "command">;
  readonly programs: { readonly sh: string };
  readonly env: NodeJS.ProcessEnv;
}

/** As this process sees it, and where that may not look, as root of an id space, which may look everywhere. */
export function lookInSpace(options: LookInSpaceOptions): LookOnDisk {
  return (path) => {
    const own = lookAsSelf(path);
    return own === "hidden" ? lookAsRoot(path, options) : own;
  };
}

/** The facts on a line, and the target of a link behind it; nothing where nothing is. */
const LOOK = `
[ -L "$1" ] || [ -e "$1" ] || exit 0
stat -c "%f %u %g %s %Y %t %T" -- "$1" || exit
if [ -L "$1" ]; then readlink -n -- "$1"; fi
`;
const LOOK_MAX_BYTES = 64 * 1024;

function lookAsRoot(path: string, { space, programs, env }: LookInSpaceOptions): DiskFacts | undefined {
  // Arguments of programs are UTF-8.
  if (encodePath(path).compare(Buffer.from(path)) !== 0) throw notSeen(path, "its name is not UTF-8");
  const [command, ...args] = space.command([programs.sh, "-c", LOOK, "sh", path]);
  const { status, stdout, stderr } = spawnSync(command, args, { env, maxBuffer: LOOK_MAX_BYTES });
  if (status !== 0) throw notSeen(path, firstLine(stderr.toString("utf8")));
  if (stdout.length === 0) return undefined;
  const end = stdout.indexOf("\n");
  const [mode = "", uid, gid, size, mtimeSec, major = "", minor = ""] = stdout
    .toString("latin1", 0, end)
    .split(" ");
  const bits = Number.parseInt(mode, 16);
  return {
    mode: bits,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    mtimeSec: Number(mtimeSec),
    device: Number.parseInt(major, 16) + Number.parseInt(minor, 16),
    target: (bits & TYPE_BITS) === LINK ? decodePath(stdout.subarray(end + 1)) : undefined,
  };
}

function notSeen(path: string, said: string): Error {
  const problem = `${JSON.stringify(path)} cannot be looked at: ${said}`;
  return executorError("EXECUTOR_START_FAILED", {
    message: `cannot start a command: ${problem}`,
    data: { problem },
  });
}
