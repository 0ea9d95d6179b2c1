import { homedir } from "node:os";
import { type Cache, defaultCacheDir, openCache } from "@oci-build/cache";
import type { OciBuildError } from "@oci-build/oci";
import { type Command, Option } from "commander";
import { folderRemover } from "../../solve/remove-folder.js";
import { paint } from "../paint.js";
import { safeText } from "../safe-text.js";
import { type CliProcess, textStyle } from "../terminal.js";

/** What all commands of `oci-build cache` take. */
export interface CacheFlags {
  readonly cacheDir?: string | undefined;
  readonly format: "text" | "json";
}

/** A command of `oci-build cache` with the flags that all of them have. */
export function withCacheFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--cache-dir <path>", "folder of the cache (default: OCI_BUILD_CACHE_DIR, else the user's)"),
    )
    .addOption(
      new Option("--format <format>", "how to show the result").choices(["text", "json"]).default("text"),
    );
}

/** Opens the cache that flags and environment name, and makes none where there is none: a path with a mistake is told by
 * a warning and an empty answer. Warnings go to standard error.
 * @throws OciBuildError CACHE_NO_FOLDER, CACHE_NOT_WRITABLE, CACHE_DISK_FULL, CACHE_IO_FAILED */
export function openNamedCache(flags: CacheFlags, process: CliProcess): Promise<Cache> {
  const dir = flags.cacheDir ?? defaultCacheDir(process.env, globalThis.process.platform, homedir());
  return openCache({
    dir,
    whenMissing: "leave",
    onWarning: (warning) => tellWarning(warning, process),
    removeFolder: folderRemover(process.env),
  });
}

/** A document for other programs. */
export function writeJson(value: unknown, process: CliProcess): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

function tellWarning({ code, message }: OciBuildError, { stderr, env }: CliProcess): void {
  stderr.write(`${paint("warning", "yellow", textStyle(stderr, env))}: ${safeText(message)} [${code}]\n`);
}
