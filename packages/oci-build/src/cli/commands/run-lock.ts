import fs from "node:fs";
import { Command, Option } from "commander";
import { buildError } from "../../errors.js";
import type { BuildEvent } from "../../events/build-event.js";
import { lock } from "../../lock/lock.js";
import type { LockOptions, LockReport } from "../../lock/lock-options.js";
import type { BuildFlags } from "../build-flags.js";
import { readConfigFile } from "../config-file.js";
import { exitCodeOf, isReaderGone } from "../exit-code.js";
import { configFolder, flagOptions, mergeFlags } from "../flag-options.js";
import { paint } from "../paint.js";
import { repeatable, withRegistryFlags } from "../registry-flags.js";
import { reportError } from "../report-error.js";
import { safeText } from "../safe-text.js";
import { type CliProcess, textStyle } from "../terminal.js";
import { watchSignals } from "../watch-signals.js";
import { writeLine } from "../write-line.js";
import { lockLines } from "./lock-lines.js";
import { readUsage } from "./read-usage.js";

interface LockFlags
  extends Pick<
    BuildFlags,
    | "buildArg"
    | "buildContext"
    | "cacheDir"
    | "file"
    | "insecureRegistry"
    | "offline"
    | "platform"
    | "registryCa"
    | "registryMirror"
  > {
  /** The empty text for all. */
  readonly update?: readonly string[] | undefined;
  readonly keep?: true | undefined;
  readonly check?: true | undefined;
}

/** `oci-build lock [options] [CONTEXT]`: pins the images of a Dockerfile in the lock file beside it. What changed is the
 * result, on standard output. */
export async function runLock(args: readonly string[], process: CliProcess): Promise<number> {
  const usage = readUsage<LockFlags>(declare(), args.map(updateAll), process);
  if (!usage.ok) return usage.exitCode;
  const { options: flags, operands } = usage;
  let source: { file: string; text: string } | undefined;
  const signals = watchSignals(process, () => undefined);
  const onEvent = (event: BuildEvent): void => {
    if (event.type === "build.started") source = { file: event.file, text: event.source };
    if (event.type === "warning") tellWarning(event, process);
  };
  try {
    const options = await lockOptions(operands[0] ?? ".", flags, process);
    const report = await lock({ ...options, signal: signals.signal, onEvent });
    for (const line of lockLines(report)) await writeLine(process.stdout, line, signals.signal);
    if (report.outcome === "outdated") throw outdated(report);
    return 0;
  } catch (error) {
    if (!isReaderGone(error)) reportError(error, { process, source });
    return signals.exitCode() ?? exitCodeOf(error);
  } finally {
    signals.stop();
  }
}

/** Without a value, and never with the next argument, which may be the context. */
function updateAll(arg: string): string {
  return arg === "--update" ? "--update=" : arg;
}

function declare(): Command {
  const command = new Command("oci-build lock")
    .usage("[options] [CONTEXT]")
    .description(
      "Pins the images that a Dockerfile names to digests, in Dockerfile.lock beside it. Builds go by that file.",
    )
    .argument("[CONTEXT]", "folder of the Dockerfile (default: the working directory)")
    .addOption(new Option("-f, --file <path>", "Dockerfile (default: CONTEXT/Dockerfile)"))
    .addOption(repeatable("--build-arg <name[=value]>", "value of an ARG; without =, from the environment"))
    .addOption(repeatable("--platform <os/arch>", "for which FROM is read; repeatable, or parted by commas"))
    .addOption(
      repeatable("--build-context <name=value>", "what a name stands for, as in a build; repeatable"),
    )
    .addOption(repeatable("--update [image]", "resolve all anew, or with =IMAGE one; repeatable"))
    .addOption(new Option("--keep", "leave entries that are not named with these build arguments"))
    .addOption(new Option("--check", "write nothing, and end with 1 if the lock file is out of date"))
    .addOption(new Option("--offline", "ask no registry: pin what the local store has"));
  return withRegistryFlags(command)
    .addOption(new Option("--cache-dir <path>", "folder of the cache"))
    .allowExcessArguments(false);
}

/** The options of the command line over those of `oci-build.toml`, which are those of builds. */
async function lockOptions(
  context: string,
  { update, keep, check, ...given }: LockFlags,
  process: CliProcess,
): Promise<LockOptions> {
  const flags = mergeFlags(await readConfigFile(configFolder(context, given)), given);
  if (flags.file === "-") throw noFile();
  const isAll = update?.includes("") === true;
  if (isAll && !fs.existsSync(context)) throw imageApart(context);
  // Other defaults of the file, such as its output, have no meaning here, and might be refused.
  const { buildArg, buildContext, cacheDir, file } = flags;
  const { insecureRegistry, offline, registry, registryCa, registryMirror } = flags;
  const ofRegistries = { insecureRegistry, offline, registry, registryCa, registryMirror };
  return {
    ...flagOptions(context, { buildArg, buildContext, cacheDir, file, ...ofRegistries }, process),
    platforms: flags.platform?.flatMap((text) => text.split(",")),
    update: isAll ? "all" : update,
    others: keep === true ? "keep" : "remove",
    mode: check === true ? "check" : "write",
  };
}

function noFile(): Error {
  return buildError("OPTION_INVALID", {
    message: "--file -: a Dockerfile of standard input has no place for a lock file",
    data: { option: "--file", value: "-" },
    hint: "Name a Dockerfile that is a file.",
  });
}

/** `--update IMAGE` updates all, and takes the image for the context. */
function imageApart(value: string): Error {
  return buildError("OPTION_INVALID", {
    message: `--update ${value}: an image stands behind =, and there is no folder ${value}`,
    data: { option: "--update", value },
    hint: `Write --update=${value}.`,
  });
}

function tellWarning(
  { code, message }: { readonly code: string; readonly message: string },
  { stderr, env }: CliProcess,
): void {
  stderr.write(`${paint("warning", "yellow", textStyle(stderr, env))}: ${safeText(message)} [${code}]\n`);
}

function outdated({ label, changes }: LockReport): Error {
  return buildError("LOCK_OUTDATED", {
    message: `${label} is out of date: ${changes.length} of its entries would change`,
    data: { path: label, changes },
    hint: "Run the same command without --check, and commit the file.",
  });
}
