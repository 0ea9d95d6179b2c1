import os from "node:os";
import { type CacheLimit, defaultCacheDir, type TimePolicy } from "@oci-build/cache";
import { type Platform, requireZstd } from "@oci-build/oci";
import { formatReference, parseTaggedReference } from "@oci-build/registry";
import type { LeftOutRule, StatTrust } from "@oci-build/snapshot";
import { type NamedContexts, namedContexts } from "../base/named-context.js";
import { buildError } from "../errors.js";
import { type ContextFolder, contextFolder } from "../input/context-folder.js";
import { defaultOutputFile } from "../output/default-output.js";
import { resolveDestination } from "../output/destination.js";
import { hostPlatform, parsePlatform } from "../plan/parse-platform.js";
import type { BuildOptions, BuildOutput } from "./build-options.js";
import { cacheLimit } from "./cache-limit.js";
import { type ResolvedCompression, resolveCompression } from "./compression.js";
import { epochSeconds } from "./epoch-seconds.js";
import { type RegistryChoices, registryChoices } from "./registry-choices.js";
import { writtenFiles } from "./written-paths.js";

/** Options with every default filled in and every value checked. */
export interface ResolvedOptions {
  readonly context: ContextFolder;
  readonly contexts: NamedContexts;
  readonly pull: "always" | "missing";
  readonly registries: RegistryChoices;
  readonly dockerfile: BuildOptions["dockerfile"];
  /** Full names. */
  readonly names: readonly string[];
  readonly target: string | undefined;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly targetPlatform: Platform;
  readonly platformChoice: "explicit" | "implicit";
  readonly buildPlatform: Platform;
  readonly output: BuildOutput;
  readonly compression: ResolvedCompression;
  readonly cacheUse: "read-write" | "write-only";
  readonly explain: "yes" | "no";
  readonly failOnCacheMiss: "any stage" | { readonly stage: string } | undefined;
  readonly trustStat: StatTrust;
  readonly cacheDir: string;
  readonly cacheLimit: CacheLimit | undefined;
  readonly iidFile: string | undefined;
  readonly metadataFile: string | undefined;
  readonly times: TimePolicy;
  readonly written: LeftOutRule;
}

/** @throws OciBuildError OPTION_INVALID, REGISTRY_REFERENCE_INVALID, BUILD_CONTEXT_INVALID, CACHE_NO_FOLDER,
 *   OUTPUT_NOT_WRITABLE, LAYER_ZSTD_UNAVAILABLE */
export function resolveOptions(options: BuildOptions): ResolvedOptions {
  const env = options.env ?? process.env;
  const references = (options.tags ?? []).map((tag) => parseTaggedReference(tag));
  const buildPlatform = hostPlatform(process.arch);
  const compression = resolveCompression(options.compression);
  if (compression.type === "zstd") requireZstd();
  const context = contextFolder(options.context);
  const output = options.output ?? {
    type: "oci",
    dest: defaultOutputFile(references[0]?.repository, options.context ?? "."),
  };
  const cacheDir = options.cacheDir ?? defaultCacheDir(env, process.platform, os.homedir());
  const { iidFile, metadataFile, platform } = options;
  for (const file of [tarballOf(output), iidFile, metadataFile]) {
    // Asked now, so that no build runs whose result has no place.
    if (file !== undefined) resolveDestination(file);
  }
  return {
    context,
    contexts: namedContexts(options.buildContexts ?? {}),
    pull: options.pull === true ? "always" : "missing",
    registries: registryChoices(options),
    dockerfile: options.dockerfile,
    names: [...new Set(references.map(formatReference))],
    target: options.target,
    buildArgs: new Map(Object.entries(options.buildArgs ?? {})),
    labels: new Map(Object.entries(options.labels ?? {})),
    targetPlatform: platform === undefined ? buildPlatform : parsePlatform(platform, buildPlatform),
    platformChoice: platform === undefined ? "implicit" : "explicit",
    buildPlatform,
    output,
    compression,
    cacheUse: options.noCache === true ? "write-only" : "read-write",
    explain: options.explain === true ? "yes" : "no",
    failOnCacheMiss: failOnCacheMiss(options),
    trustStat: options.trustStat ?? "by-file-system",
    cacheDir,
    cacheLimit: cacheLimit(options, env),
    iidFile,
    metadataFile,
    times: timePolicy(epochSeconds(options, env)),
    written: writtenFiles(output, [iidFile, metadataFile, cacheDir]),
  };
}

function tarballOf(output: BuildOutput): string | undefined {
  return output.type === "oci" && typeof output.dest === "string" && output.tar !== false
    ? output.dest
    : undefined;
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
