import { CommanderError } from "commander";
import { type BuildCommand, parseArguments, type Request } from "./parse-arguments.js";
import type { CliProcess } from "./terminal.js";

const EXIT_USAGE = 2;

/** The request, or undefined when help was shown or the usage is wrong; the exit code is set then. */
export function readRequest(
  args: readonly string[],
  process: CliProcess,
  name: BuildCommand = "build",
): Request | undefined {
  try {
    return parseArguments(args, process, name);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
    return undefined;
  }
}
