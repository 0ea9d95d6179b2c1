import { realpathSync } from "node:fs";
import { type HostMount, lockedFlags } from "../run/host-mounts.js";
import type { HostPrograms } from "./host-facts.js";
import type { IdSpace } from "./id-space.js";

/** Gives one for a folder. */
export type LinklessSpace = (folder: string) => Pick<IdSpace, "command">;

interface LinklessParts {
  readonly space: Pick<IdSpace, "command">;
  readonly programs: Pick<HostPrograms, "mount" | "sh" | "unshare">;
  readonly hostMounts: () => readonly HostMount[];
}

/** $1 is mount(8), $2 the flags of what lies at $3, a folder without links on the way, then the program. Two calls, since
 * before util-linux 2.38 one that binds drops the flag where it is the only one. */
const SCRIPT = `
m=$1 f=$2 d=$3; shift 3
"$m" -n -c --bind "$d" "$d" && "$m" -n -c -o "remount,bind,$f" "$d" && exec "$@"
`;

/** An id space whose programs follow no link in `folder`, which they enter themselves: not even on the way to a file. Files
 * of a command may be changed after it has ended, by another one to which it gave a descriptor of a folder; a link that was
 * put in place of a folder would lead who reads them to files of the host.
 *
 * Needs Linux 5.10, and util-linux 2.36.1, which knows the flag; older ones follow links as ever. */
export function linklessSpace(
  folder: string,
  { space, programs, hostMounts }: LinklessParts,
): Pick<IdSpace, "command"> {
  const { mount, sh, unshare } = programs;
  const place = realpathSync(folder);
  const flags = ["nosymfollow", ...lockedFlags(hostMounts(), place)].join(",");
  const start = [unshare, "--mount", "--propagation=private", "--", sh, "-c", SCRIPT, "sh"] as const;
  return { command: (args) => space.command([...start, mount, flags, place, ...args]) };
}
