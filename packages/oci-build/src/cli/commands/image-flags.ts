import { type Command, Option } from "commander";
import type { ImageAccess } from "../../images/image-access.js";
import { ImageSession } from "../../images/image-session.js";
import { abortReason } from "../../solve/abort-reason.js";
import { paint } from "../paint.js";
import { registryMirrors } from "../registry-mirrors.js";
import { safeText } from "../safe-text.js";
import { type CliProcess, textStyle } from "../terminal.js";
import { watchSignals } from "../watch-signals.js";
import { readUsage } from "./read-usage.js";
import { reportFailure } from "./report-failure.js";

/** What all commands on images take. */
export interface ImageFlags {
  readonly cacheDir?: string | undefined;
  readonly insecureRegistry?: readonly string[] | undefined;
  readonly registryMirror?: readonly string[] | undefined;
}

/** What a command on images works with. */
export interface ImageWork<Flags> {
  readonly flags: Flags;
  readonly operands: readonly string[];
  readonly session: ImageSession;
}

/** Reads the arguments of a command on images, does its work, and gives the exit code. A signal stops it. */
export async function runImageCommand<Flags extends ImageFlags>(
  command: Command,
  { args, process }: { readonly args: readonly string[]; readonly process: CliProcess },
  work: (context: ImageWork<Flags>) => Promise<number>,
): Promise<number> {
  const usage = readUsage<Flags>(withImageFlags(command), args, process);
  if (!usage.ok) return usage.exitCode;
  const { options: flags, operands } = usage;
  const signals = watchSignals(process, () => undefined);
  try {
    const exitCode = await reportFailure(async () => {
      const { signal } = signals;
      try {
        await using session = new ImageSession(imageAccess(flags, process, signal));
        return await work({ flags, operands, session });
      } catch (error) {
        throw abortReason(signal, error, "command");
      }
    }, process);
    return signals.exitCode() ?? exitCode;
  } finally {
    signals.stop();
  }
}

/** The flag that chooses of an index. */
export function platformOption(): Option {
  return new Option("--platform <os/arch>", "of an image for several (default: linux/<this machine's>)");
}

function withImageFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--cache-dir <path>", "folder of the cache (default: OCI_BUILD_CACHE_DIR, else the user's)"),
    )
    .addOption(repeatable("--insecure-registry <host>", "registry that need not speak https; repeatable"))
    .addOption(
      repeatable("--registry-mirror <host=url>", "address that is asked before a registry; repeatable"),
    )
    .allowExcessArguments(false);
}

function imageAccess(flags: ImageFlags, process: CliProcess, signal: AbortSignal): ImageAccess {
  return {
    cacheDir: flags.cacheDir === "" ? undefined : flags.cacheDir,
    insecureRegistries: flags.insecureRegistry,
    registryMirrors: registryMirrors(flags.registryMirror ?? []),
    env: process.env,
    signal,
    onWarning: ({ code, message }) => {
      const { stderr, env } = process;
      const word = paint("warning", "yellow", textStyle(stderr, env));
      stderr.write(`${word}: ${safeText(message)} [${code}]\n`);
    },
  };
}

/** A flag that may be given more than once; its values are a list. */
export function repeatable(flags: string, description: string): Option {
  const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
    ...(previous ?? []),
    value,
  ];
  return new Option(flags, description).argParser(collect);
}
