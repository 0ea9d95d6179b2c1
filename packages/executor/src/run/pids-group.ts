import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { ownerState } from "../process/owned-name.js";

/** How many processes and threads the commands of an executor may have at a time: half of what a kernel has by default. */
const PIDS_MAX = 16_384;
const PREFIX = "oci-build-";

/** A cgroup that bounds how many processes there are, so that a command which only ever forks is no harm to the host. It
 * is there where this process may make one: as root with cgroups of the first version; with the second, as root or below
 * a group that a service manager has handed over. */
export class PidsGroup {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** `name` is one of `ownedName`. Undefined where no group can be made. Groups of processes that have ended go. */
  static make(name: string, parents: readonly string[] = parentGroups()): PidsGroup | undefined {
    for (const parent of parents) {
      const folder = join(parent, PREFIX + name);
      if (!attempt(() => mkdirSync(folder))) continue;
      const group = new PidsGroup(folder);
      if (attempt(() => writeFileSync(join(folder, "pids.max"), String(PIDS_MAX)))) {
        removeLeftovers(parent);
        return group;
      }
      group.remove();
    }
    return undefined;
  }

  /** Puts a process into it, and so all that it makes from then on. A process that has ended is passed by. Entering may take
   * the kernel as long as a command's mounts; and from a cgroup namespace, as a runtime has one, nobody may enter. */
  async enter(pid: number): Promise<void> {
    try {
      await writeFile(join(this.folder, "cgroup.procs"), String(pid));
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
    }
  }

  /** To be called when none of its processes runs; a group that is still busy goes with the next executor. */
  remove(): void {
    attempt(() => rmdirSync(this.folder));
  }
}

/** Groups that may have one more below them, in this process's own branch: of the first version its own; of the second
 * its own or the one above, since a group that has processes cannot hand out controllers. */
function parentGroups(): readonly string[] {
  return readLines("/proc/self/cgroup").flatMap((line) => {
    const [, controllers = "", ...rest] = line.split(":");
    const path = rest.join(":");
    if (controllers.split(",").includes("pids")) return [join("/sys/fs/cgroup/pids", path)];
    if (controllers !== "") return [];
    const own = join("/sys/fs/cgroup", path);
    return [own, dirname(own)].filter(handsOutPids);
  });
}

function handsOutPids(folder: string): boolean {
  return readLines(join(folder, "cgroup.subtree_control")).some((line) => line.split(" ").includes("pids"));
}

function removeLeftovers(parent: string): void {
  const dead = readdirSync(parent)
    .filter((name) => name.startsWith(PREFIX))
    .filter((name) => ownerState(name.slice(PREFIX.length)) === "dead");
  for (const name of dead) attempt(() => rmdirSync(join(parent, name)));
}

function readLines(file: string): readonly string[] {
  let text = "";
  attempt(() => {
    text = readFileSync(file, "utf8");
  });
  return text.split("\n");
}

/** Whether something that the host may refuse was done. */
function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}
