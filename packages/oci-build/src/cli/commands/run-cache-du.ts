import type { Amount, CacheUsage, RecordUsage } from "@oci-build/cache";
import { Command, Option } from "commander";
import { formatBytes } from "../progress/format-quantity.js";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { formatAge } from "./format-age.js";
import { formatColumns } from "./format-columns.js";
import { readUsage } from "./read-usage.js";
import { type CacheFlags, openNamedCache, withCacheFlags, writeJson } from "./run-cache-open.js";

interface DuFlags extends CacheFlags {
  readonly verbose?: true | undefined;
}

/** `oci-build cache du [--verbose] [--format json]`: what the cache takes of the disk. */
export async function runCacheDu(args: readonly string[], process: CliProcess): Promise<number> {
  const usage = readUsage<DuFlags>(declare(), args, process);
  if (!usage.ok) return usage.exitCode;
  const flags = usage.options;
  const cacheUsage = await (await openNamedCache(flags, process)).usage();
  if (flags.format === "json") writeJson(cacheUsage, process);
  else process.stdout.write(`${lines(cacheUsage, flags).join("\n")}\n`);
  return 0;
}

function declare(): Command {
  return withCacheFlags(
    new Command("oci-build cache du")
      .description("Shows what the cache takes of the disk, by kind and by project. Shared files count once.")
      .addOption(new Option("--verbose", "show every record too")),
  );
}

function lines(usage: CacheUsage, { verbose }: DuFlags): readonly string[] {
  const nowMs = Date.now();
  const records = verbose === true ? usage.records.flatMap((record) => recordLines(record, nowMs)) : [];
  return [
    ...records,
    ...formatColumns([["TYPE", "COUNT", "SIZE"], ...kindRows(usage)]),
    "",
    ...projectLines(usage, nowMs),
    ...mountLines(usage, nowMs),
    ...imageLines(usage),
    ...formatColumns([
      ["Reclaimable:", formatBytes(usage.reclaimableBytes)],
      ["Total:", formatBytes(usage.usedBytes)],
    ]),
  ];
}

function kindRows({ kinds }: CacheUsage): readonly (readonly string[])[] {
  const named: readonly (readonly [string, Amount])[] = [
    ["Blobs", kinds.blobs],
    ["Layer trees", kinds.trees],
    ["Segment tables", kinds.segmentTables],
    ["Records", kinds.records],
    ["File indexes", kinds.indexes],
    ["Projects", kinds.projects],
    ["Cache mounts", kinds.mounts],
    ["Unpacked layers", kinds.unpacked],
    ["Temporary", kinds.temporary],
    ["Other", kinds.other],
  ];
  return named.map(([name, { count, bytes }]) => [name, String(count), formatBytes(bytes)]);
}

function projectLines({ projects }: CacheUsage, nowMs: number): readonly string[] {
  if (projects.length === 0) return [];
  const rows = projects.map(({ project, builtSec, records }) => {
    const target = project.target === undefined ? "" : ` (${project.target})`;
    const name = safeText(`${project.context}${target}`);
    return [name, String(records.count), formatBytes(records.bytes), formatAge(builtSec, nowMs)];
  });
  return [...formatColumns([["PROJECT", "RECORDS", "SIZE", "LAST BUILT"], ...rows]), ""];
}

function mountLines({ mounts }: CacheUsage, nowMs: number): readonly string[] {
  if (mounts.length === 0) return [];
  const rows = mounts.map(({ id, bytes, lastUsedSec, state }) => [
    safeText(id),
    formatBytes(bytes),
    state === "in-use" ? "in use" : formatAge(lastUsedSec, nowMs),
  ]);
  return [...formatColumns([["CACHE MOUNT", "SIZE", "LAST USED"], ...rows]), ""];
}

function imageLines({ images }: CacheUsage): readonly string[] {
  if (images.length === 0) return [];
  const rows = images.map(({ name, digest, bytes }) => [safeText(name), formatBytes(bytes), digest]);
  return [...formatColumns([["IMAGE", "SIZE", "DIGEST"], ...rows]), ""];
}

function recordLines(record: RecordUsage, nowMs: number): readonly string[] {
  const rows = [
    ["ID:", record.key],
    ["Step:", safeText(record.stepName)],
    ["Created at:", new Date(record.createdSec * 1000).toISOString()],
    ["Last used:", formatAge(record.lastUsedSec, nowMs)],
    ["Size:", formatBytes(record.bytes)],
    ["Shared:", formatBytes(record.sharedBytes)],
    ["Reclaimable:", record.state === "idle" ? "true" : `false (${record.state})`],
    ...record.layers.map((digest) => ["Layer:", digest]),
    ...record.projects.map(({ context }) => ["Project:", safeText(context)]),
    ...record.tags.map((tag) => ["Tag:", safeText(tag)]),
  ];
  return [...formatColumns(rows), ""];
}
