import { isOciBuildError } from "@oci-build/oci";
import { optionInvalid } from "../options/option-invalid.js";
import type { FailedRun } from "../options/run-options.js";
import { safeText } from "./safe-text.js";
import type { CliProcess } from "./terminal.js";
import type { SignalWatch } from "./watch-signals.js";

/** What stands between a shell and its terminal. */
interface DebugShellContext {
  readonly signals: Pick<SignalWatch, "leaveInterrupts">;
  /** Takes the display of progress off the terminal, for good. */
  readonly pause: () => void;
}

/** For `BuildOptions.onFailedStep`: opens the image's shell on what a failed RUN left, before the build ends.
 * @throws OciBuildError OPTION_INVALID where there is no terminal */
export function createDebugShell(
  { stdin, stderr }: CliProcess,
  { signals, pause }: DebugShellContext,
): (failed: FailedRun) => Promise<void> {
  if (!("isTTY" in stdin) || stdin.isTTY !== true) {
    throw optionInvalid("--debug-shell", "true", "the input is no terminal");
  }
  return async ({ step, enter }) => {
    pause();
    stderr.write(`${safeText(step.name)} failed. This shell is where it stopped; exit ends the build.\n`);
    try {
      await signals.leaveInterrupts(() => enter(["/bin/sh"]));
    } catch (error) {
      if (!isOciBuildError(error, "EXECUTOR_PROGRAM_MISSING")) throw error;
      stderr.write("This stage has no /bin/sh.\n");
    }
  };
}
