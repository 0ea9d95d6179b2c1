import type { BuildEvent } from "../../events/build-event.js";
import type { BuildOptions } from "../../options/build-options.js";
import { writeToStream } from "../../output/write-to-stream.js";
import { readConfigFile } from "../config-file.js";
import { exitCodeOf, isReaderGone } from "../exit-code.js";
import { configFolder, flagOptions, mergeFlags } from "../flag-options.js";
import type { Request } from "../parse-arguments.js";
import type { LineStyle } from "../progress/tty-lines.js";
import { readGivenDockerfile } from "../read-given-dockerfile.js";
import { readRequest } from "../read-request.js";
import { reportError } from "../report-error.js";
import { safeJson } from "../safe-json.js";
import { tellWarning } from "../tell-warning.js";
import { type CliProcess, textStyle } from "../terminal.js";
import { watchSignals } from "../watch-signals.js";

/** A command that tells of a build without building. */
export interface ReportCommand<Report> {
  readonly name: "explain" | "plan";
  readonly evaluate: (options: BuildOptions) => Promise<Report>;
  readonly lines: (report: Report, style: LineStyle) => readonly string[];
}

/** Runs such a command with a build's options: its report is the result, on standard output. Warnings and errors are
 * told as those of a build. */
export async function runReport<Report extends object>(
  command: ReportCommand<Report>,
  args: readonly string[],
  process: CliProcess,
): Promise<number> {
  const request = readRequest(args, process, command.name);
  if (request?.kind === "build") return report(command, request, process);
  return Number(process.exitCode ?? 0);
}

async function report<Report extends object>(
  command: ReportCommand<Report>,
  { context, flags: given }: Extract<Request, { kind: "build" }>,
  process: CliProcess,
): Promise<number> {
  let source: { file: string; text: string } | undefined;
  const signals = watchSignals(process, () => undefined);
  const { signal } = signals;
  try {
    const flags = mergeFlags(await readConfigFile(configFolder(context, given)), given);
    const options = flagOptions(context, flags, process);
    const dockerfile = await readGivenDockerfile(flags.file, { stdin: process.stdin, signal });
    const onEvent = (event: BuildEvent): void => {
      if (event.type === "build.started") source = { file: event.file, text: event.source };
      if (event.type === "warning") tellWarning(event, process);
    };
    const told = await command.evaluate({ ...options, dockerfile, signal, onEvent });
    const isJson = flags.json === true || flags.format === "json";
    const text = isJson ? safeJson(told, "indented") : shown(command, told, process);
    await writeToStream(process.stdout, Buffer.from(`${text}\n`), signal);
    return 0;
  } catch (error) {
    if (!isReaderGone(error)) reportError(error, { process, source });
    return signals.exitCode() ?? exitCodeOf(error);
  } finally {
    signals.stop();
  }
}

function shown<Report>(
  { lines }: ReportCommand<Report>,
  report: Report,
  { stdout, env }: CliProcess,
): string {
  return lines(report, textStyle(stdout, env)).join("\n");
}
