import type { RecordUsage } from "@oci-build/cache";
import { Command, Option } from "commander";
import { fitColumns } from "../columns-of.js";
import { formatBytes } from "../progress/format-quantity.js";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { formatAge } from "./format-age.js";
import { formatColumns } from "./format-columns.js";
import { readUsage } from "./read-usage.js";
import { type CacheFlags, openNamedCache, withCacheFlags, writeJson } from "./run-cache-open.js";
import { shortId } from "./short-id.js";

interface LsFlags extends CacheFlags {
  /** False by `--no-trunc`. */
  readonly trunc: boolean;
}

const STEP_COLUMNS = 60;

/** `oci-build cache ls [--no-trunc] [--format json]`: the records, last used first. */
export async function runCacheLs(args: readonly string[], process: CliProcess): Promise<number> {
  const usage = readUsage<LsFlags>(declare(), args, process);
  if (!usage.ok) return usage.exitCode;
  const flags = usage.options;
  const { records } = await (await openNamedCache(flags, process)).usage();
  if (flags.format === "json") writeJson(records, process);
  else process.stdout.write(`${table(records, flags).join("\n")}\n`);
  return 0;
}

function declare(): Command {
  return withCacheFlags(
    new Command("oci-build cache ls")
      .description("Lists the records of the cache, what each step gave, last used first.")
      .addOption(new Option("--no-trunc", "show whole digests and steps")),
  );
}

function table(records: readonly RecordUsage[], { trunc }: LsFlags): readonly string[] {
  const nowMs = Date.now();
  const rows = records.map((record) => {
    const { key, bytes, lastUsedSec, projects, stepName } = record;
    const step = safeText(stepName);
    return [
      trunc ? shortId(key) : key,
      formatBytes(bytes),
      formatAge(lastUsedSec, nowMs),
      projects.map(({ context }) => safeText(context)).join(", "),
      trunc ? fitColumns(step, STEP_COLUMNS) : step,
    ];
  });
  return formatColumns([["ID", "SIZE", "LAST USED", "PROJECT", "STEP"], ...rows]);
}
