import { setTimeout as delay } from "node:timers/promises";
import type { HostPrograms } from "../space/host-facts.js";
import type { IdSpace } from "../space/id-space.js";
import { runProgram } from "../space/run-program.js";

/** Ends a pid namespace by the pid of its first process, and resolves when it is told to, at the latest after 2 s. */
export type StopTree = (pid: number, ended: Promise<unknown>) => Promise<void>;

/** How long a command may tidy up. */
const TERM_GRACE_MS = 1000;

/** The first process of a namespace heeds no signal that it has no handler for, so all others are asked as well. */
const termScript = `
kill -s TERM "$1"
exec "$2" --pid="/proc/$1/ns/pid" -- "$3" -c "kill -s TERM -1"
`;
const killScript = 'kill -s KILL "$1"';

/** Asks all processes to end, and kills them when they have not done so in time. */
export function stopTree(
  space: Pick<IdSpace, "command">,
  programs: HostPrograms,
  env: NodeJS.ProcessEnv,
): StopTree {
  const { sh, nsenter } = programs;
  return async (pid, ended) => {
    // What fails here has ended already.
    await runProgram(space.command([sh, "-c", termScript, sh, String(pid), nsenter, sh]), { env });
    const grace = new AbortController();
    const late = delay(TERM_GRACE_MS, "late", { signal: grace.signal }).catch(() => "aborted");
    const first = await Promise.race([ended.then(() => "ended"), late]);
    grace.abort();
    if (first === "late") await runProgram(space.command([sh, "-c", killScript, sh, String(pid)]), { env });
  };
}
