import { spawnSync } from "node:child_process";
import { findProgram, programEnv } from "../space/find-programs.js";
import { shellQuote } from "./shell-quote.js";

/** Gives a command line a terminal of its own, connected with this process's: whoever has a terminal may type into it, and
 * what is typed is read by whoever comes next. */
export type OwnTerminal = (command: readonly [string, ...string[]]) => readonly [string, ...string[]];

/** With util-linux's script(1), which not every host has; others of that name take other options. Undefined where there is
 * none, or no terminal. */
export function ownTerminal(env: NodeJS.ProcessEnv): OwnTerminal | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const program = findProgram("script", env);
  if (program === undefined) return undefined;
  const start = (line: string): readonly [string, ...string[]] => [program, "-qec", line, "/dev/null"];
  const [, ...trial] = start("exit 7");
  const { status } = spawnSync(program, trial, { env: programEnv(env), stdio: "ignore" });
  if (status !== 7) return undefined;
  return (command) => start(`exec ${command.map(shellQuote).join(" ")}`);
}
