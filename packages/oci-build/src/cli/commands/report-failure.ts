import { exitCodeOf } from "../exit-code.js";
import { reportError } from "../report-error.js";
import type { CliProcess } from "../terminal.js";

/** Runs a command; what it throws is told on standard error, and becomes the exit code. */
export async function reportFailure(run: () => Promise<number>, process: CliProcess): Promise<number> {
  try {
    return await run();
  } catch (error) {
    reportError(error, { process, source: undefined });
    return exitCodeOf(error);
  }
}
