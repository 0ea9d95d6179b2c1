import fs from "node:fs";
import path from "node:path";
import type { BuildOutput } from "./build-options.js";

/** Absolute paths of what a build writes, folders and links on the way resolved as far as they exist. */
export function writtenPaths(
  output: BuildOutput,
  others: readonly (string | undefined)[],
): ReadonlySet<string> {
  const dest = output.type === "oci" && typeof output.dest === "string" ? output.dest : undefined;
  return new Set([dest, ...others].flatMap((file) => (file === undefined ? [] : [resolveExisting(file)])));
}

/** The real path of what exists of a path, with the rest as it is. */
function resolveExisting(file: string): string {
  const absolute = path.resolve(file);
  const parent = path.dirname(absolute);
  if (parent === absolute) return absolute;
  return path.join(realFolder(parent), path.basename(absolute));
}

function realFolder(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return resolveExisting(folder);
  }
}
