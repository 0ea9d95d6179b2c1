import path from "node:path";
import { optionInvalid } from "./option-invalid.js";

/** A folder that a build's cache is exported to, for `cacheFrom` of another build, on this machine or another one. It holds
 * what the last export to it used and nothing else, and is its own format. Values of ARG and ENV are in it as digests
 * alone; base images, which their registries have, are not in it. */
export interface CacheExportOption {
  readonly type: "local";
  /** The folder: an earlier export, an empty one, or none yet. */
  readonly dest: string;
  /** "max", the default: what all steps gave. "min": those of the stage that is built. */
  readonly mode?: "min" | "max" | undefined;
  /** Whether the cache mounts that the build's commands have go along, with all that is in them. Default: no. */
  readonly mounts?: boolean | undefined;
  /** Whether what this build does not use is removed. Default: yes. */
  readonly reset?: boolean | undefined;
  /** Whether a failure to export is a warning. Default: no. */
  readonly ignoreError?: boolean | undefined;
}

/** A folder that a cache was exported to. Who can write to it is trusted with what commands give: see docs/cache-sharing.md.
 * One that is not there is a warning. */
export interface CacheImportOption {
  readonly type: "local";
  readonly src: string;
}

/** An export with every default filled in; `dir` is absolute. */
export interface ResolvedExport {
  readonly dir: string;
  readonly steps: "all" | "of target";
  readonly mounts: "yes" | "no";
  readonly others: "remove" | "keep";
  readonly failure: "error" | "warning";
}

/** What builds share with others. */
export interface SharedCaches {
  readonly exports: readonly ResolvedExport[];
  /** Absolute folders. */
  readonly imports: readonly string[];
}

/** @throws OciBuildError OPTION_INVALID for an empty path, and for a place that is, is in or holds the cache itself */
export function sharedCaches(
  {
    cacheTo = [],
    cacheFrom = [],
  }: {
    readonly cacheTo?: CacheExportOption | readonly CacheExportOption[] | undefined;
    readonly cacheFrom?: CacheImportOption | readonly CacheImportOption[] | undefined;
  },
  cacheDir: string,
): SharedCaches {
  const exports = listOf(cacheTo).map((option): ResolvedExport => {
    const dir = folderOf("--cache-to", option.dest, "dest");
    if (isNested(dir, path.resolve(cacheDir))) {
      throw optionInvalid(
        "--cache-to",
        option.dest,
        "it is the folder of the cache itself, or one in or around it",
      );
    }
    return {
      dir,
      steps: option.mode === "min" ? "of target" : "all",
      mounts: option.mounts === true ? "yes" : "no",
      others: option.reset === false ? "keep" : "remove",
      failure: option.ignoreError === true ? "warning" : "error",
    };
  });
  const imports = listOf(cacheFrom).map(({ src }) => folderOf("--cache-from", src, "src"));
  return { exports, imports: [...new Set(imports)] };
}

function listOf<T>(given: T | readonly T[]): readonly T[] {
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}

function folderOf(option: string, folder: string, name: string): string {
  if (folder !== "") return path.resolve(folder);
  throw optionInvalid(option, folder, `it needs a ${name}`);
}

function isNested(one: string, other: string): boolean {
  return [one, other].some((folder, index, both) => {
    const relative = path.relative(folder, both[1 - index] ?? "");
    return (
      relative === "" ||
      !(relative === ".." || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
    );
  });
}
