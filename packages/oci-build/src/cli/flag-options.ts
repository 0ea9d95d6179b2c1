import path from "node:path";
import { buildError } from "../errors.js";
import type { BuildOptions, LayerCompression } from "../options/build-options.js";
import type { BuildFlags } from "./build-flags.js";
import { cacheFlags } from "./cache-flags.js";
import { joinCompression, parseCompression } from "./compression-flags.js";
import { outputFlags } from "./output-flags.js";
import { registryOptions } from "./registry-options.js";
import { runFlags } from "./run-flags.js";
import type { CliProcess } from "./terminal.js";

const ONE_PLATFORM = "one platform at a time is supported";

/** The folder in which `oci-build.toml` is looked for: the Dockerfile's. */
export function configFolder(context: string, flags: BuildFlags): string {
  return flags.file === undefined || flags.file === "" || flags.file === "-"
    ? path.resolve(context)
    : path.dirname(path.resolve(flags.file));
}

/** Flags over defaults: a flag of the command line wins, build arguments and labels by name. As with Docker, an empty
 * value is as good as none, so that `--target "$TARGET"` works. */
export function mergeFlags(defaults: BuildFlags, flags: BuildFlags): BuildFlags {
  const given = withoutEmpty(flags);
  return {
    ...withoutEmpty(defaults),
    // A level belongs to its compression.
    ...(given.compression === undefined ? {} : { compressionLevel: undefined }),
    // A way to show progress that is asked for now outdoes `quiet = true` of the file.
    ...(given.progress === undefined ? {} : { quiet: undefined }),
    ...opposites(given),
    ...given,
    buildArg: [...(defaults.buildArg ?? []), ...(flags.buildArg ?? [])],
    label: [...(defaults.label ?? []), ...(flags.label ?? [])],
    annotation: [...(defaults.annotation ?? []), ...(flags.annotation ?? [])],
    insecureRegistry: [...(defaults.insecureRegistry ?? []), ...(flags.insecureRegistry ?? [])],
    registryMirror: [...(defaults.registryMirror ?? []), ...(flags.registryMirror ?? [])],
    addHost: [...(defaults.addHost ?? []), ...(flags.addHost ?? [])],
    ulimit: [...(defaults.ulimit ?? []), ...(flags.ulimit ?? [])],
    buildContext: [...(defaults.buildContext ?? []), ...(flags.buildContext ?? [])],
  };
}

/** What is asked for now outdoes its opposite in the file. */
function opposites({ lock, locked, offline, pull }: BuildFlags): BuildFlags {
  return {
    ...(lock === undefined ? {} : { locked: undefined }),
    ...(locked === undefined ? {} : { lock: undefined }),
    ...(offline === true ? { pull: undefined } : {}),
    ...(pull === true ? { offline: undefined } : {}),
  };
}

function withoutEmpty({ output, platform, ...flags }: BuildFlags): BuildFlags {
  const lists = {
    output: output?.filter((text) => text !== ""),
    platform: platform?.filter((text) => text !== ""),
  };
  const isGiven = ([, value]: [string, unknown]): boolean => value !== undefined && value !== "";
  const hasItems = ([, list]: [string, readonly string[] | undefined]): boolean => (list?.length ?? 0) > 0;
  return {
    ...Object.fromEntries(Object.entries(flags).filter(isGiven)),
    ...Object.fromEntries(Object.entries(lists).filter(hasItems)),
  };
}

/** What the flags ask `build()` for.
 * @throws OciBuildError OPTION_INVALID */
export function flagOptions(context: string, flags: BuildFlags, process: CliProcess): BuildOptions {
  const { outputs, compression } = outputFlags(flags, process.stdout);
  return {
    context,
    dockerfile: flags.file,
    tags: flags.tag,
    target: flags.target,
    buildArgs: buildArguments(flags.buildArg ?? [], process.env),
    buildContexts: Object.fromEntries((flags.buildContext ?? []).map(splitContext)),
    pull: flags.pull,
    offline: flags.offline,
    lockFile: lockFile(flags),
    ...registryOptions(flags),
    labels: Object.fromEntries((flags.label ?? []).map(splitLabel)),
    annotations: Object.fromEntries((flags.annotation ?? []).map(splitAnnotation)),
    platform: single(
      "--platform",
      flags.platform?.flatMap((text) => text.split(",")),
      ONE_PLATFORM,
    ),
    output: outputs,
    compression: compressionOption(flags, compression),
    noCache: flags.cache === false,
    noCacheFilter: stageNames("--no-cache-filter", flags.noCacheFilter ?? []),
    trustStat: statTrust(flags),
    explain: flags.explain,
    failOnCacheMiss: failOnCacheMiss(flags),
    cacheDir: flags.cacheDir,
    iidFile: flags.iidfile,
    metadataFile: flags.metadataFile,
    ...cacheFlags(flags),
    ...runFlags(flags, process.env),
    env: process.env,
  };
}

/** The compression that the flags ask for, together with what the output says of itself. */
function compressionOption(flags: BuildFlags, output: LayerCompression): LayerCompression {
  const texts = { type: flags.compression, level: flags.compressionLevel };
  const given = parseCompression(texts, (option, problem) =>
    invalid(`--${option}`, (option === "compression" ? texts.type : texts.level) ?? "", problem),
  );
  const joined = joinCompression(given, output);
  if (joined !== undefined) return joined;
  const value = [texts.type, texts.level].filter((text) => text !== undefined).join(" ");
  throw invalid("--compression", value, "the output asks for another one");
}

/** Several may stand in one value, as with buildx. */
function stageNames(flag: string, values: readonly string[]): readonly string[] {
  const names = values.flatMap((value) => value.split(","));
  if (names.includes("")) throw invalid(flag, values.join(","), "it names no stage");
  return names;
}

function failOnCacheMiss({ failOnCacheMiss: stage }: BuildFlags): BuildOptions["failOnCacheMiss"] {
  if (stage === undefined || stage === false) return undefined;
  if (stage === "") throw invalid("--fail-on-cache-miss", "", "it names no stage");
  return stage === "*" ? true : { stage };
}

function lockFile({ lock, locked }: BuildFlags): BuildOptions["lockFile"] {
  if (lock === false && locked === true) {
    throw invalid("--locked", "--no-lock", "the lock file is either asked for or taken no notice of");
  }
  if (lock === false) return "never";
  return locked === true ? "required" : undefined;
}

function statTrust({ verify, trustStat }: BuildFlags): BuildOptions["trustStat"] {
  if (verify === true && trustStat === true) {
    throw invalid("--verify", "--trust-stat", "files are either read or trusted");
  }
  if (verify === true) return "never";
  return trustStat === true ? "always" : undefined;
}

/** `NAME=value`, or `NAME` for the environment's value: an unset one is not passed. */
function buildArguments(args: readonly string[], env: CliProcess["env"]): Record<string, string> {
  const pairs = args.flatMap((arg): [string, string][] => {
    if (arg.includes("=")) return [splitPair(arg)];
    const value = env[arg];
    return value === undefined ? [] : [[arg, value]];
  });
  for (const [name] of pairs) {
    // The value stays untold: it may be a secret.
    if (name === "") throw invalid("--build-arg", "=…", "a build argument needs a name");
  }
  return Object.fromEntries(pairs);
}

function splitContext(text: string): [string, string] {
  const [name, value] = splitPair(text);
  if (name !== "" && value !== "") return [name, value];
  throw invalid("--build-context", text, "a context is named as name=value");
}

function splitLabel(label: string): [string, string] {
  const [name, value] = splitPair(label);
  if (name === "") throw invalid("--label", label, "a label needs a name");
  return [name, value];
}

/** Buildx's word for where an annotation stands. Of images for one platform there is one place that they keep wherever
 * they go, the manifest. */
const ANNOTATION_PLACE = /^(manifest|index|manifest-descriptor|index-descriptor)(?:\[[^\]=]*\])?:/;

function splitAnnotation(text: string): [string, string] {
  const [start = "", place] = ANNOTATION_PLACE.exec(text) ?? [];
  if (place !== undefined && place !== "manifest") {
    throw invalid(
      "--annotation",
      text,
      `the image has no ${place} that could have annotations, only a manifest`,
    );
  }
  const pair = text.slice(start.length);
  const [name, value] = splitPair(pair);
  if (name === "" || !pair.includes("=")) {
    throw invalid("--annotation", text, "an annotation is written as name=value");
  }
  return [name, value];
}

function splitPair(text: string): [string, string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}

function single(option: string, values: readonly string[] | undefined, problem: string): string | undefined {
  const [value, ...more] = values ?? [];
  if (more.length === 0) return value;
  throw invalid(option, [value, ...more].join(" "), problem);
}

function invalid(option: string, value: string, problem: string): Error {
  const shown = value === "" ? '""' : value;
  return buildError("OPTION_INVALID", { message: `${option} ${shown}: ${problem}`, data: { option, value } });
}
