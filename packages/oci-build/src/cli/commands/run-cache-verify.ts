import type { VerifyReport } from "@oci-build/cache";
import type { HostFolders } from "@oci-build/executor";
import { isOciBuildError } from "@oci-build/oci";
import { Command, Option } from "commander";
import { checkUnpacked } from "../../solve/check-unpacked.js";
import { formatBytes } from "../progress/format-quantity.js";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { readUsage } from "./read-usage.js";
import { type CacheFlags, openNamedCache, withCacheFlags, writeJson } from "./run-cache-open.js";

interface VerifyFlags extends CacheFlags {
  readonly repair?: true | undefined;
}

/** `oci-build cache verify [--repair] [--format json]`: exit code 1 when anything is damaged, also when it is mended. */
export async function runCacheVerify(args: readonly string[], process: CliProcess): Promise<number> {
  const usage = readUsage<VerifyFlags>(declare(), args, process);
  if (!usage.ok) return usage.exitCode;
  const { repair, format } = usage.options;
  const cache = await openNamedCache(usage.options, process);
  const damaged = repair === true ? "forget" : "keep";
  const report = await withFolders(process, (folders) =>
    cache.verify({
      damaged,
      checkUnpacked: folders && ((layer) => checkUnpacked(layer, folders, undefined)),
    }),
  );
  if (format === "json") writeJson(report, process);
  else process.stdout.write(render(report, repair === true));
  return report.damages.length > 0 ? 1 : 0;
}

/** Where this system has none of what RUN needs, it has no unpacked layers either. */
async function withFolders<T>(
  { env }: CliProcess,
  work: (folders: HostFolders | undefined) => Promise<T>,
): Promise<T> {
  const { withHostFolders } = await import("@oci-build/executor");
  let begun: Promise<T> | undefined;
  try {
    return await withHostFolders({ env }, (folders) => {
      begun = work(folders);
      return begun;
    });
  } catch (error) {
    if (begun !== undefined || !isOciBuildError(error, "EXECUTOR_FOLDERS_REMAIN")) throw error;
    return work(undefined);
  }
}

function declare(): Command {
  return withCacheFlags(
    new Command("oci-build cache verify")
      .description("Reads everything in the cache and names what is damaged; exits with 1 when anything is.")
      .addOption(new Option("--repair", "forget what is damaged, so that the next build makes it again")),
  );
}

function render({ files, bytes, damages }: VerifyReport, isRepaired: boolean): string {
  const found = damages.map(({ kind, path, problem }) => `${kind} ${safeText(path)}: ${safeText(problem)}\n`);
  const result = damages.length === 0 ? "none is damaged" : `${damages.length} damaged`;
  const mended = damages.length > 0 && isRepaired ? " and forgotten" : "";
  return `${found.join("")}${files} files read (${formatBytes(bytes)}): ${result}${mended}\n`;
}
