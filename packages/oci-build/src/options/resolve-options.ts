import os from "node:os";
import { type CacheLimit, defaultCacheDir, type TimePolicy } from "@oci-build/cache";
import { type Platform, requireZstd } from "@oci-build/oci";
import type { LeftOutRule, StatTrust } from "@oci-build/snapshot";
import { type NamedContexts, namedContexts } from "../base/named-context.js";
import { buildError } from "../errors.js";
import { type ContextFolder, contextFolder } from "../input/context-folder.js";
import { defaultOutputFile } from "../output/default-output.js";
import { checkFolder, resolveDestination } from "../output/destination.js";
import { hostPlatform, parsePlatform } from "../plan/parse-platform.js";
import type { BuildOptions } from "./build-options.js";
import { cacheLimit } from "./cache-limit.js";
import { type SharedCaches, sharedCaches } from "./cache-options.js";
import { type ResolvedCompression, resolveCompression } from "./compression.js";
import { epochSeconds } from "./epoch-seconds.js";
import { type RegistryChoices, registryChoices } from "./registry-choices.js";
import { fileOf, type ResolvedOutput, resolveOutputs } from "./resolve-outputs.js";
import { type ResolvedRun, resolveRun } from "./resolve-run.js";
import { writtenFiles } from "./written-paths.js";

/** Options with every default filled in and every value checked. */
export interface ResolvedOptions {
  readonly context: ContextFolder;
  readonly contexts: NamedContexts;
  readonly pull: "always" | "missing";
  readonly lockUse: NonNullable<BuildOptions["lockFile"]>;
  readonly network: "any" | "none";
  readonly registries: RegistryChoices;
  readonly dockerfile: BuildOptions["dockerfile"];
  /** Full names, those that outputs give included. */
  readonly names: readonly string[];
  readonly target: string | undefined;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly targetPlatform: Platform;
  readonly platformChoice: "explicit" | "implicit";
  readonly buildPlatform: Platform;
  readonly outputs: readonly ResolvedOutput[];
  readonly compression: ResolvedCompression;
  readonly cacheUse: "read-write" | "write-only";
  /** The stages for which nothing is looked up all the same. */
  readonly freshStages: readonly string[];
  readonly explain: "yes" | "no";
  readonly failOnCacheMiss: "any stage" | { readonly stage: string } | undefined;
  readonly trustStat: StatTrust;
  readonly cacheDir: string;
  readonly cacheLimit: CacheLimit | undefined;
  readonly shared: SharedCaches;
  readonly iidFile: string | undefined;
  readonly metadataFile: string | undefined;
  readonly times: TimePolicy;
  readonly run: ResolvedRun;
  readonly written: LeftOutRule;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @throws OciBuildError OPTION_INVALID, REGISTRY_REFERENCE_INVALID, BUILD_CONTEXT_INVALID, CACHE_NO_FOLDER,
 *   OUTPUT_NOT_WRITABLE, LAYER_ZSTD_UNAVAILABLE */
export function resolveOptions(options: BuildOptions): ResolvedOptions {
  const env = options.env ?? process.env;
  const tags = options.tags ?? [];
  const buildPlatform = hostPlatform(process.arch);
  const compression = resolveCompression(options.compression);
  if (compression.type === "zstd") requireZstd();
  const context = contextFolder(options.context);
  const file = defaultOutputFile(tags, options.context ?? ".");
  const { outputs, names, insecure } = resolveOutputs(options.output, { tags, file });
  const cacheDir = options.cacheDir ?? defaultCacheDir(env, process.platform, os.homedir());
  const shared = sharedCaches(options, cacheDir);
  const { iidFile, metadataFile, platform } = options;
  for (const file of [...outputs.map(fileOf), iidFile, metadataFile]) {
    // Asked now, so that no build runs whose result has no place.
    if (file !== undefined) resolveDestination(file);
  }
  for (const output of outputs)
    if (output.kind === "files" && output.form === "folder") checkFolder(output.dest);
  return {
    context,
    contexts: namedContexts(options.buildContexts ?? {}),
    ...imageChoices(options, outputs),
    registries: registryChoices(options, insecure),
    dockerfile: options.dockerfile,
    names,
    target: options.target,
    buildArgs: new Map(Object.entries(options.buildArgs ?? {})),
    labels: new Map(Object.entries(options.labels ?? {})),
    annotations: options.annotations ?? {},
    targetPlatform: platform === undefined ? buildPlatform : parsePlatform(platform, buildPlatform),
    platformChoice: platform === undefined ? "implicit" : "explicit",
    buildPlatform,
    outputs,
    compression,
    cacheUse: options.noCache === true ? "write-only" : "read-write",
    freshStages: freshStages(options),
    explain: options.explain === true ? "yes" : "no",
    failOnCacheMiss: failOnCacheMiss(options),
    trustStat: options.trustStat ?? "by-file-system",
    cacheDir,
    cacheLimit: cacheLimit(options, env),
    shared,
    iidFile,
    metadataFile,
    times: timePolicy(epochSeconds(options, env)),
    run: resolveRun(options, env),
    env,
    written: writtenFiles(outputs, [iidFile, metadataFile, cacheDir, ...sharedFolders(shared)]),
  };
}

/** An import is no part of the context, either: mostly the next export replaces it. */
function sharedFolders({ exports, imports }: SharedCaches): readonly string[] {
  return [...exports.map(({ dir }) => dir), ...imports];
}

/** @throws OciBuildError OPTION_INVALID for `offline` with `pull`, or with an output that is pushed */
function imageChoices(
  { pull, offline, lockFile = "if-there" }: BuildOptions,
  outputs: readonly ResolvedOutput[],
): Pick<ResolvedOptions, "lockUse" | "network" | "pull"> {
  if (offline === true && pull === true) throw notOffline("--pull");
  if (offline === true && outputs.some(({ kind }) => kind === "push")) throw notOffline("--push");
  return {
    pull: pull === true ? "always" : "missing",
    network: offline === true ? "none" : "any",
    lockUse: lockFile,
  };
}

function notOffline(value: "--pull" | "--push"): Error {
  return buildError("OPTION_INVALID", {
    message: `--offline: ${value} speaks with registries`,
    data: { option: "--offline", value },
    hint: "Leave one of them out.",
  });
}

/** @throws OciBuildError OPTION_INVALID with `noCache`, as buildx has it */
function freshStages({ noCacheFilter = [], noCache }: BuildOptions): ResolvedOptions["freshStages"] {
  if (noCacheFilter.length === 0 || noCache !== true) return noCacheFilter;
  throw buildError("OPTION_INVALID", {
    message: "--no-cache-filter: --no-cache is for all stages",
    data: { option: "--no-cache-filter", value: "--no-cache" },
    hint: "Leave one of them out.",
  });
}

/** @throws OciBuildError OPTION_INVALID with `noCache`, under which every step is a miss */
function failOnCacheMiss({
  failOnCacheMiss: asked,
  noCache,
}: BuildOptions): ResolvedOptions["failOnCacheMiss"] {
  if (asked === undefined || asked === false) return undefined;
  if (noCache !== true) return asked === true ? "any stage" : asked;
  throw buildError("OPTION_INVALID", {
    message: "--fail-on-cache-miss: with --no-cache every step is a miss",
    data: { option: "--fail-on-cache-miss", value: "--no-cache" },
    hint: "Leave one of them out.",
  });
}

function timePolicy(epochSec: number | undefined): TimePolicy {
  return epochSec === undefined ? { kind: "keep" } : { kind: "clamp", epochSec };
}
