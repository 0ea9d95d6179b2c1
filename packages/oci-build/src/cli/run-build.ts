import path from "node:path";
import { build } from "../build.js";
import { buildError } from "../errors.js";
import type { BuildResult } from "../options/build-result.js";
import type { BuildFlags } from "./build-flags.js";
import { readConfigFile } from "./config-file.js";
import type { createDebugShell } from "./debug-shell.js";
import { exitCodeOf, isReaderGone } from "./exit-code.js";
import { configFolder, flagOptions, mergeFlags } from "./flag-options.js";
import { createProgress, type Progress } from "./progress/create-progress.js";
import { readGivenDockerfile } from "./read-given-dockerfile.js";
import { reportError } from "./report-error.js";
import type { CliProcess } from "./terminal.js";
import { watchSignals } from "./watch-signals.js";
import { writeLine } from "./write-line.js";

type DebugShell = typeof createDebugShell;

/** Builds as the flags say, tells of it, and gives the exit code. Standard output gets the result alone. */
export async function runBuild(context: string, given: BuildFlags, process: CliProcess): Promise<number> {
  let progress: Progress | undefined;
  const signals = watchSignals(process, () => progress?.end());
  try {
    checkWorkingDirectory();
    const flags = mergeFlags(await readConfigFile(configFolder(context, given)), given);
    const mode = flags.quiet === true ? "quiet" : (flags.progress ?? "auto");
    progress = await createProgress(mode, process);
    if (flags.explain === true && mode !== "quiet" && mode !== "rawjson") {
      const { withExplanations } = await import("./progress/with-explanations.js");
      progress = withExplanations(progress, process);
    }
    const options = flagOptions(context, flags, process);
    const onFailedStep =
      flags.debugShell === true
        ? await debugShell(process, { signals, pause: () => progress?.end() })
        : undefined;
    const { signal } = signals;
    const dockerfile = await readGivenDockerfile(flags.file, { stdin: process.stdin, signal });
    if (flags.check === true || flags.call !== undefined) {
      const { callInstead } = await import("./commands/run-call.js");
      const exitCode = callInstead(flags, { ...options, dockerfile }, process);
      if (exitCode !== undefined) return exitCode;
    }
    const result = await build({ ...options, dockerfile, signal, onEvent: progress.tell, onFailedStep });
    progress.end();
    if (!goesToStream(result)) {
      for (const line of resultLines(result, flags.quiet === true))
        await writeLine(process.stdout, line, signal);
    }
    return 0;
  } catch (error) {
    progress?.end();
    // Told as other tools do, by the exit code alone: who reads the output has ended on purpose.
    if (!isReaderGone(error)) reportError(error, { process, source: progress?.source() });
    return signals.exitCode() ?? exitCodeOf(error);
  } finally {
    signals.stop();
  }
}

async function debugShell(...parts: Parameters<DebugShell>): Promise<ReturnType<DebugShell>> {
  const { createDebugShell } = await import("./debug-shell.js");
  return createDebugShell(...parts);
}

/** All paths of the command line are relative to it, and it may have been removed.
 * @throws OciBuildError BUILD_CONTEXT_INVALID */
function checkWorkingDirectory(): void {
  try {
    // Not from node:process: importing that asks for all it has, standard input too.
    path.resolve();
  } catch (error) {
    throw buildError("BUILD_CONTEXT_INVALID", {
      message: "the working directory does not exist any more",
      data: { path: "." },
      hint: "Change to a folder that exists.",
      cause: error,
    });
  }
}

/** Then standard output has the image. */
function goesToStream({ outputs }: BuildResult): boolean {
  return outputs.some((output) => "path" in output && output.path === undefined);
}

/** Where the image is by now, place by place, with its digest. */
function resultLines({ digest, outputs }: BuildResult, isQuiet: boolean): readonly string[] {
  const places = outputs.flatMap((output) =>
    "path" in output ? [output.path ?? "-"] : output.names.map((name) => name.replace(/@.*/, "")),
  );
  if (isQuiet || places.length === 0) return [digest];
  return [...new Set(places)].map((place) => `${place}  ${digest}`);
}
