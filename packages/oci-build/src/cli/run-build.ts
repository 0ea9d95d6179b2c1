import { text as readText } from "node:stream/consumers";
import { build } from "../build.js";
import type { BuildResult } from "../options/build-options.js";
import { readConfigFile } from "./config-file.js";
import { exitCodeOf } from "./exit-code.js";
import { configFolder, flagOptions, mergeFlags } from "./flag-options.js";
import type { BuildFlags } from "./parse-arguments.js";
import { createProgress, type Progress } from "./progress/create-progress.js";
import { reportError } from "./report-error.js";
import type { CliProcess } from "./terminal.js";
import { watchSignals } from "./watch-signals.js";

/** Builds as the flags say, tells of it, and gives the exit code. Standard output gets the result alone. */
export async function runBuild(context: string, given: BuildFlags, process: CliProcess): Promise<number> {
  const signals = watchSignals(process);
  let progress: Progress | undefined;
  try {
    const flags = mergeFlags(await readConfigFile(configFolder(context, given)), given);
    progress = createProgress(flags.quiet === true ? "quiet" : (flags.progress ?? "auto"), process);
    const options = flagOptions(context, flags, process);
    const dockerfile = flags.file === "-" ? { text: await readText(process.stdin) } : options.dockerfile;
    const result = await build({ ...options, dockerfile, signal: signals.signal, onEvent: progress.tell });
    progress.end();
    if (options.output?.type !== "oci" || typeof options.output.dest === "string") {
      process.stdout.write(resultLine(result, flags.quiet === true));
    }
    return 0;
  } catch (error) {
    progress?.end();
    reportError(error, { process, source: progress?.source() });
    return signals.exitCode() ?? exitCodeOf(error);
  } finally {
    signals.stop();
  }
}

function resultLine({ digest, output }: BuildResult, quiet: boolean): string {
  return quiet || output?.path === undefined ? `${digest}\n` : `${output.path}  ${digest}\n`;
}
