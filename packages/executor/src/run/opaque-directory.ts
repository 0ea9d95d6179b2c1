import { spawnSync } from "node:child_process";
import { encodePath } from "@oci-build/oci";
import { executorError } from "../errors.js";
import { hostEnvironment } from "../process/host-program.js";
import { firstLine } from "../space/first-line.js";
import type { IdSpace } from "../space/id-space.js";
import { type OverlayXattrs, opaqueXattr } from "../unpack/overlay-xattrs.js";

/** Whether a directory of an upper directory, by its absolute path, hides what the layers below have in it. */
export type IsOpaque = (path: string) => boolean;

export interface OpaqueOptions {
  readonly space: Pick<IdSpace, "command">;
  readonly tar: string;
  readonly xattrs: OverlayXattrs;
}

/** By GNU tar, which is there wherever commands run, and reads attributes: an archive of the directory alone, with no
 * attribute but this, has its record only where it is set.
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03 */
export function opaqueInSpace({ space, tar, xattrs }: OpaqueOptions): IsOpaque {
  const name = opaqueXattr(xattrs);
  const archive = ["--create", "--file=-", "--format=posix", "--xattrs", `--xattrs-include=${name}`];
  return (path) => {
    // Arguments of programs are UTF-8.
    if (encodePath(path).compare(Buffer.from(path)) !== 0) throw unknown(path, "its name is not UTF-8");
    const [command, ...args] = space.command([tar, ...archive, "--no-recursion", "-C", path, "--", "."]);
    const { status, stdout, stderr } = spawnSync(command, args, { env: hostEnvironment });
    if (status !== 0) throw unknown(path, firstLine(stderr.toString("utf8")));
    return stdout.includes(` SCHILY.xattr.${name}=y\n`);
  };
}

function unknown(path: string, said: string): Error {
  const problem = `${JSON.stringify(path)} cannot be looked at: ${said}`;
  return executorError("EXECUTOR_START_FAILED", {
    message: `cannot start a command: ${problem}`,
    data: { problem },
  });
}
