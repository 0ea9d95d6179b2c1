import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { PruneKind, PrunePolicy } from "@oci-build/cache";
import { parseByteSize, parseDuration } from "@oci-build/dockerfile";
import { formatReference, parseTaggedReference } from "@oci-build/registry";
import { buildError } from "../../errors.js";

/** The flags of `oci-build cache prune` that say what goes: the words of `docker buildx prune`. */
export interface PruneFlags {
  readonly all?: true | undefined;
  readonly filter?: readonly string[] | undefined;
  readonly keepDuration?: string | undefined;
  readonly maxUsedSpace?: string | undefined;
  readonly keepStorage?: string | undefined;
  readonly minFreeSpace?: string | undefined;
  readonly reservedSpace?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly force?: true | undefined;
}

const NS_PER_MS = 1_000_000;

const filterHint = "Write --filter until=24h, project=PATH, tag=NAME or type=exec.cachemount.";

/** The kinds of things in the words of `docker buildx prune`; unpacked layers it does not have. */
const KINDS: ReadonlyMap<string, PruneKind> = new Map([
  ["regular", "records"],
  ["source.local", "indexes"],
  ["exec.cachemount", "mounts"],
  ["unpacked", "unpacked"],
]);

/** What the flags ask for. Age, size and filters are about every record; without them `--all` is.
 * @throws OciBuildError OPTION_INVALID, REGISTRY_REFERENCE_INVALID */
export function prunePolicy(flags: PruneFlags): PrunePolicy {
  const filters = (flags.filter ?? []).map(parseFilter);
  const valuesOf = (name: string): readonly string[] =>
    filters.filter((filter) => filter.name === name).map(({ value }) => value);
  const ages = valuesOf("until").map((value) => duration("--filter until", value));
  if (flags.keepDuration !== undefined) ages.push(duration("--keep-duration", flags.keepDuration));
  const maxUsedBytes =
    optionalSize("--max-used-space", flags.maxUsedSpace) ?? optionalSize("--keep-storage", flags.keepStorage);
  const minFreeBytes = optionalSize("--min-free-space", flags.minFreeSpace);
  const kinds = orNone(valuesOf("type").map(kindOf));
  const limits = [ages[0], maxUsedBytes, minFreeBytes, kinds];
  const isAboutAll = limits.some((limit) => limit !== undefined);
  return {
    scope: flags.all === true || isAboutAll ? "all" : "dangling",
    projects: orNone(valuesOf("project").flatMap(pathsOf)),
    kinds,
    tags: orNone(valuesOf("tag").map((name) => formatReference(parseTaggedReference(name)))),
    // All filters have to hold, so that the longest age counts.
    unusedForMs: ages.length === 0 ? undefined : Math.max(...ages),
    maxUsedBytes,
    minFreeBytes,
    reservedBytes: optionalSize("--reserved-space", flags.reservedSpace),
    mode: flags.dryRun === true ? "dry-run" : "collect",
  };
}

function parseFilter(text: string): { readonly name: string; readonly value: string } {
  const [name = "", value = ""] = splitOnce(text);
  if (["until", "project", "tag", "type"].includes(name) && value !== "") return { name, value };
  throw buildError("OPTION_INVALID", {
    message: `--filter ${text}: not a filter`,
    data: { option: "--filter", value: text },
    hint: filterHint,
  });
}

function kindOf(type: string): PruneKind {
  const kind = KINDS.get(type);
  if (kind !== undefined) return kind;
  throw buildError("OPTION_INVALID", {
    message: `--filter type=${type}: there is nothing of this type`,
    data: { option: "--filter", value: `type=${type}` },
    hint: `There are ${[...KINDS.keys()].join(", ")}.`,
  });
}

function splitOnce(text: string): readonly string[] {
  const at = text.indexOf("=");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function duration(option: string, text: string): number {
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.ns >= 0) return parsed.ns / NS_PER_MS;
  throw buildError("OPTION_INVALID", {
    message: `${option} ${text}: not a duration`,
    data: { option, value: text },
    hint: "Write a number and a unit: 24h, 90m, 1h30m.",
  });
}

function optionalSize(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = parseByteSize(text);
  if (bytes !== undefined) return bytes;
  throw buildError("OPTION_INVALID", {
    message: `${option} ${text}: not a size`,
    data: { option, value: text },
    hint: "Write a number and a unit: 512MB, 10GB. Units are powers of 1024, as Docker's.",
  });
}

/** A project is known by its context as it was given, in full, or without links. */
function pathsOf(text: string): readonly string[] {
  const full = resolve(text);
  // A context that is gone is still known by its path.
  return existsSync(full) ? [text, full, realpathSync(full)] : [text, full];
}

function orNone<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
