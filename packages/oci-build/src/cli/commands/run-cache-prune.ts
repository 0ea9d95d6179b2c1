import { createInterface } from "node:readline";
import type { PruneReport } from "@oci-build/cache";
import { Command, Option } from "commander";
import { fitColumns } from "../columns-of.js";
import { formatBytes } from "../progress/format-quantity.js";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { formatAge } from "./format-age.js";
import { formatColumns } from "./format-columns.js";
import { readUsage } from "./read-usage.js";
import { type CacheFlags, openNamedCache, withCacheFlags, writeJson } from "./run-cache-open.js";
import { type PruneFlags, prunePolicy } from "./run-cache-policy.js";
import { shortId } from "./short-id.js";

const STEP_COLUMNS = 60;

/** 128 + SIGINT: a terminal that is asked takes Ctrl-C as a key. */
const EXIT_INTERRUPTED = 130;

/** `oci-build cache prune [--all] [--filter …] [--max-used-space …] [--dry-run] [--force]`. */
export async function runCachePrune(args: readonly string[], process: CliProcess): Promise<number> {
  const usage = readUsage<PruneFlags & CacheFlags>(declare(), args, process);
  if (!usage.ok) return usage.exitCode;
  const flags = usage.options;
  const policy = prunePolicy(flags);
  const isSilent = flags.force === true || flags.dryRun === true;
  const answer = isSilent ? "yes" : await confirmation(flags, process);
  if (answer !== "yes") {
    process.stderr.write("Nothing was removed.\n");
    return answer === "no" ? 0 : EXIT_INTERRUPTED;
  }
  const report = await (await openNamedCache(flags, process)).prune(policy);
  if (flags.format === "json") writeJson(report, process);
  else process.stdout.write(`${lines(report, flags).join("\n")}\n`);
  return 0;
}

function declare(): Command {
  const list = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  return withCacheFlags(
    new Command("oci-build cache prune")
      .description(
        "Removes records that no project's last build uses, with their layers. With a filter or a size, every record\n" +
          "is asked. What a running build uses and what is younger than an hour always stays.",
      )
      .addOption(new Option("-a, --all", "remove every record, not only those that no last build uses"))
      .addOption(
        new Option(
          "--filter <filter>",
          "only what was not used for so long (until=24h), what a project alone uses (project=PATH), what was built " +
            "under a name (tag=NAME), or one kind (type=regular, exec.cachemount, unpacked or source.local)",
        ).argParser(list),
      )
      .addOption(new Option("--keep-duration <duration>", "the same as --filter until=DURATION"))
      .addOption(
        new Option("--max-used-space <bytes>", "remove what was used least recently until the cache fits"),
      )
      .addOption(new Option("--keep-storage <bytes>", "the same as --max-used-space").hideHelp())
      .addOption(new Option("--min-free-space <bytes>", "remove until so much of the disk is free"))
      .addOption(
        new Option("--reserved-space <bytes>", "remove nothing while the cache takes less than this"),
      )
      .addOption(new Option("--dry-run", "remove nothing, and show what would be removed"))
      .addOption(new Option("-f, --force", "do not ask for confirmation")),
  );
}

type Answer = "yes" | "no" | "interrupted";

/** Asked where there is somebody to answer: both ends are a terminal. Everywhere else, nothing is asked. */
async function confirmation(flags: PruneFlags, process: CliProcess): Promise<Answer> {
  const { stdin, stderr } = process;
  const isTerminal = "isTTY" in stdin && stdin.isTTY === true && stderr.isTTY === true;
  return isTerminal ? ask(`This removes ${namedByFlags(flags)}. Continue? [y/N] `, process) : "yes";
}

function namedByFlags({ all, force, dryRun, ...limits }: PruneFlags): string {
  const { filter, keepDuration, maxUsedSpace, keepStorage, minFreeSpace, reservedSpace } = limits;
  const given = [filter, keepDuration, maxUsedSpace, keepStorage, minFreeSpace, reservedSpace];
  if (given.some((flag) => flag !== undefined)) return "what the filters and limits name";
  return all === true ? "the whole cache" : "what no last build uses";
}

/** The line that is typed; an input that ends says no. */
function ask(question: string, { stdin, stderr }: CliProcess): Promise<Answer> {
  const asking = createInterface({ input: stdin, output: stderr });
  return new Promise((resolve) => {
    asking.once("close", () => {
      resolve("no");
    });
    asking.once("SIGINT", () => {
      stderr.write("\n");
      resolve("interrupted");
      asking.close();
    });
    asking.question(question, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()) ? "yes" : "no");
      asking.close();
    });
  });
}

function lines(report: PruneReport, { dryRun }: PruneFlags): readonly string[] {
  const [removed, reclaimed, takes] =
    dryRun === true ? ["Would remove", "Would reclaim", "would take"] : ["Removed", "Reclaimed", "takes"];
  const { reclaimedBytes, usedBytes } = report;
  const total = `${reclaimed} ${formatBytes(reclaimedBytes)}; the cache ${takes} ${formatBytes(usedBytes)}`;
  return [...recordLines(report), ...otherLines(report, removed), ...keptLines(report), total];
}

function recordLines({ records }: PruneReport): readonly string[] {
  if (records.length === 0) return [];
  const nowMs = Date.now();
  const rows = records.map(({ key, reclaimedBytes, lastUsedSec, reason, stepName }) => [
    shortId(key),
    formatBytes(reclaimedBytes),
    formatAge(lastUsedSec, nowMs),
    reason,
    fitColumns(safeText(stepName), STEP_COLUMNS),
  ]);
  return formatColumns([["ID", "SIZE", "LAST USED", "REASON", "STEP"], ...rows]);
}

function otherLines(
  { leftovers, abandoned, indexes, mounts, unpacked, projects, untagged }: PruneReport,
  removed: string,
): readonly string[] {
  const amounts = [
    { one: "file that nothing needs", more: "files that nothing needs", ...leftovers },
    { one: "folder of a killed build", more: "folders of killed builds", ...abandoned },
    { one: "file index", more: "file indexes", ...indexes },
    { one: "unpacked layer", more: "unpacked layers", ...unpacked },
  ];
  const told = amounts.filter(({ count }) => count > 0);
  return [
    ...told.map(
      ({ one, more, count, bytes }) =>
        `${removed} ${count} ${count === 1 ? one : more} (${formatBytes(bytes)})`,
    ),
    ...mounts.map(
      ({ id, reclaimedBytes, reason }) =>
        `${removed} the cache mount ${safeText(id)} (${formatBytes(reclaimedBytes)}, ${reason})`,
    ),
    ...projects.map(({ context }) => `${removed} the log of ${safeText(context)}`),
    ...untagged.map((name) => `${removed} the name ${safeText(name)}`),
  ];
}

function keptLines({ kept }: PruneReport): readonly string[] {
  const reasons = [
    { count: kept.inUse, why: "in use by a running build" },
    { count: kept.young, why: "younger than an hour" },
  ].filter(({ count }) => count > 0);
  const folders = kept.foldersInUse;
  return [
    ...reasons.map(
      ({ count, why }) => `Kept ${count === 1 ? "1 record that is" : `${count} records that are`} ${why}`,
    ),
    ...(folders === 0 ? [] : [`Kept ${folders} of the cache mounts and unpacked layers: in use`]),
  ];
}
