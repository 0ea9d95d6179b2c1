import { type Command, Option } from "commander";
import type { ImageAccess } from "../../images/image-access.js";
import { ImageSession } from "../../images/image-session.js";
import { abortReason } from "../../solve/abort-reason.js";
import { readConfigFile } from "../config-file.js";
import { mergeFlags } from "../flag-options.js";
import { withRegistryFlags } from "../registry-flags.js";
import { type RegistryFlags, registryOptions } from "../registry-options.js";
import { tellWarning } from "../tell-warning.js";
import type { CliProcess } from "../terminal.js";
import { type SignalWatch, watchSignals } from "../watch-signals.js";
import { readUsage } from "./read-usage.js";
import { reportFailure } from "./report-failure.js";

/** What all commands on images take. */
export interface ImageFlags extends Omit<RegistryFlags, "registry"> {
  readonly cacheDir?: string | undefined;
}

/** What a command on images works with. */
export interface ImageWork<Flags> {
  readonly flags: Flags;
  readonly operands: readonly string[];
  readonly session: ImageSession;
  readonly signals: Pick<SignalWatch, "leaveInterrupts">;
}

/** How a command on images is called. */
interface ImageCommand {
  readonly args: readonly string[];
  readonly process: CliProcess;
  /** `leave` for what only looks at the local store: a path with a mistake is told by a warning. Default: `make`. */
  readonly whenMissing?: "make" | "leave" | undefined;
}

/** Reads the arguments of a command on images, does its work, and gives the exit code. A signal stops it. */
export async function runImageCommand<Flags extends ImageFlags>(
  command: Command,
  { args, process, whenMissing }: ImageCommand,
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
        await using session = new ImageSession(await imageAccess(flags, process, signal), whenMissing);
        return await work({ flags, operands, session, signals });
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
  const withCache = command.addOption(
    new Option("--cache-dir <path>", "folder of the cache (default: OCI_BUILD_CACHE_DIR, else the user's)"),
  );
  return withRegistryFlags(withCache).allowExcessArguments(false);
}

/** The flags over what `oci-build.toml` of the working folder says of registries and of the cache. */
async function imageAccess(
  flags: ImageFlags,
  process: CliProcess,
  signal: AbortSignal,
): Promise<ImageAccess> {
  const { insecureRegistry, registryMirror, registryCa } = flags;
  const { cacheDir, ...given } = mergeFlags(await registryDefaults(), {
    ...{ cacheDir: flags.cacheDir, insecureRegistry, registryMirror, registryCa },
  });
  return {
    cacheDir,
    ...registryOptions(given),
    env: process.env,
    signal,
    onWarning: (warning) => tellWarning(warning, process),
  };
}

async function registryDefaults(): Promise<ImageFlags & RegistryFlags> {
  const { cacheDir, insecureRegistry, registry, registryMirror } = await readConfigFile(".");
  return { cacheDir, insecureRegistry, registry, registryMirror };
}
