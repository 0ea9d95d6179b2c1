import path from "node:path";
import { buildError } from "../errors.js";
import type { BuildOptions } from "../options/build-options.js";
import { parseOutput } from "./output-spec.js";
import type { BuildFlags } from "./parse-arguments.js";
import type { CliProcess } from "./terminal.js";

/** The folder in which `oci-build.toml` is looked for: the Dockerfile's. */
export function configFolder(context: string, flags: BuildFlags): string {
  return flags.file === undefined || flags.file === "-"
    ? path.resolve(context)
    : path.dirname(path.resolve(flags.file));
}

/** Flags over defaults: a flag of the command line wins, build arguments and labels by name. */
export function mergeFlags(defaults: BuildFlags, flags: BuildFlags): BuildFlags {
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  return {
    ...defaults,
    ...given,
    buildArg: [...(defaults.buildArg ?? []), ...(flags.buildArg ?? [])],
    label: [...(defaults.label ?? []), ...(flags.label ?? [])],
  };
}

/** What the flags ask `build()` for.
 * @throws OciBuildError OPTION_INVALID */
export function flagOptions(context: string, flags: BuildFlags, process: CliProcess): BuildOptions {
  return {
    context,
    dockerfile: flags.file,
    tags: flags.tag,
    target: flags.target,
    buildArgs: buildArguments(flags.buildArg ?? [], process.env),
    labels: Object.fromEntries((flags.label ?? []).map((label) => splitPair(label))),
    platform: singlePlatform(flags.platform),
    output: flags.output === undefined ? undefined : parseOutput(flags.output, process.stdout),
    noCache: flags.cache === false,
    cacheDir: flags.cacheDir,
    iidFile: flags.iidfile,
    metadataFile: flags.metadataFile,
    env: process.env,
  };
}

/** `NAME=value`, or `NAME` for the environment's value: an unset one is not passed. */
function buildArguments(args: readonly string[], env: CliProcess["env"]): Record<string, string> {
  const pairs = args.flatMap((arg): [string, string][] => {
    if (arg.includes("=")) return [splitPair(arg)];
    const value = env[arg];
    return value === undefined ? [] : [[arg, value]];
  });
  for (const [name] of pairs) {
    if (name === "") throw invalid("--build-arg", args.join(" "), "a build argument needs a name");
  }
  return Object.fromEntries(pairs);
}

function splitPair(text: string): [string, string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}

function singlePlatform(platform: string | undefined): string | undefined {
  if (platform?.includes(",") !== true) return platform;
  throw invalid("--platform", platform, "one platform at a time is supported");
}

function invalid(option: string, value: string, problem: string): Error {
  return buildError("OPTION_INVALID", { message: `${option} ${value}: ${problem}`, data: { option, value } });
}
