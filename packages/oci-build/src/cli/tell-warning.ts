import { paint } from "./paint.js";
import { describeWarning, type Warning } from "./progress/describe-event.js";
import { safeText } from "./safe-text.js";
import { type CliProcess, textStyle } from "./terminal.js";

/** Tells of a warning on standard error, where no build's progress does. */
export function tellWarning(warning: Warning, { stderr, env }: CliProcess): void {
  const told = safeText(describeWarning(warning));
  stderr.write(`${paint("warning", "yellow", textStyle(stderr, env))}: ${told}\n`);
}
