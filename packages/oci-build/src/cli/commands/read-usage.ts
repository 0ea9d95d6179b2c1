import { type Command, CommanderError } from "commander";
import type { CliProcess } from "../terminal.js";

const EXIT_USAGE = 2;

/** What a command's arguments say, or the code to exit with: after help, or when the usage is wrong. */
export type Usage<Options> =
  | { readonly ok: true; readonly options: Options; readonly operands: readonly string[] }
  | { readonly ok: false; readonly exitCode: number };

/** Reads a sub-command's arguments; help and mistakes are told on the process's streams. */
export function readUsage<Options extends object>(
  command: Command,
  args: readonly string[],
  process: CliProcess,
): Usage<Options> {
  command
    .helpOption("-h, --help", "show this")
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      writeErr: (text) => process.stderr.write(text),
    });
  try {
    command.parse([...args], { from: "user" });
    return { ok: true, options: command.opts<Options>(), operands: command.args };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { ok: false, exitCode: error.exitCode === 0 ? 0 : EXIT_USAGE };
  }
}
