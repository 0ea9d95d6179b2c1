import { spawnSync } from "node:child_process";
import { findProgram, programEnv } from "../space/find-programs.js";
import type { HostPrograms } from "../space/host-facts.js";
import type { IdSpace } from "../space/id-space.js";
import { shellQuote } from "./shell-quote.js";

type CommandLine = readonly [string, ...string[]];

/** A terminal of a command's own, connected with this process's: whoever has a terminal may type into it, and what is typed
 * is read by whoever comes next. */
export interface OwnTerminal {
  /** Where its session begins: with the first process of the command's pid namespace, or outside. Then the session and its
   * first process group have no number inside, and a shell such as dash, which gives the terminal back when it ends, cannot
   * name whom to. */
  readonly session: "command" | "outside";
  /** Gives a command line a new one. */
  readonly start: (command: CommandLine) => CommandLine;
}

export interface OwnTerminalOptions {
  readonly space: Pick<IdSpace, "command">;
  readonly programs: Pick<HostPrograms, "unshare">;
  readonly env: NodeJS.ProcessEnv;
}

/** With util-linux's script(1), which not every host has; others of that name take other options. Undefined where there is
 * none, or no terminal. */
export function ownTerminal({ space, programs, env }: OwnTerminalOptions): OwnTerminal | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const program = findProgram("script", env);
  if (program === undefined) return undefined;
  const startLine = (line: string): CommandLine => [program, "-qec", line, "/dev/null"];
  const works = ([first, ...args]: CommandLine): boolean =>
    spawnSync(first, args, { env: programEnv(env), stdio: "ignore" }).status === TRIED;
  const trial = startLine(`exit ${TRIED}`);
  const start = (command: CommandLine): CommandLine => startLine(`exec ${command.map(shellQuote).join(" ")}`);
  // One that tells of its terminal in the list of who is logged in has a helper for that, as the first process.
  if (works(space.command([programs.unshare, "--pid", "--", ...trial]))) return { session: "command", start };
  return works(trial) ? { session: "outside", start } : undefined;
}

const TRIED = 7;
