import fs from "node:fs";
import path from "node:path";
import type { LeftOutRule } from "@oci-build/snapshot";
import { asideTarget } from "../output/aside-file.js";
import { fileOf, type ResolvedOutput } from "./resolve-outputs.js";

/** What a build writes: outputs, other files and folders, and the files beside each that it, another build or one
 * that was killed writes before they take the place. Asked with absolute paths without links. */
export function writtenFiles(
  outputs: readonly ResolvedOutput[],
  others: readonly (string | undefined)[],
): LeftOutRule {
  const files = [...outputs.map(placeOf), ...others].filter((file) => file !== undefined);
  const written = new Set(files.flatMap((file) => [withRealFolder(path.resolve(file)), realPath(file)]));
  return {
    folders: new Set(Array.from(written, (file) => path.dirname(file))),
    isLeftOut: (file) => written.has(file) || written.has(asideTarget(file) ?? file),
  };
}

/** Not the folder that files of an image are written into: that may be the context itself. */
function placeOf(output: ResolvedOutput): string | undefined {
  return output.kind === "archive" && typeof output.dest === "string" ? output.dest : fileOf(output);
}

/** The path with links on the way resolved, but not of its last name. */
function withRealFolder(absolute: string): string {
  return path.join(realPath(path.dirname(absolute)), path.basename(absolute));
}

/** The real path of what exists of a path, with the rest as it is. */
function realPath(file: string): string {
  const absolute = path.resolve(file);
  try {
    // The native form also gives the case that the disk has, where case does not matter.
    return fs.realpathSync.native(absolute);
  } catch (error) {
    // What cannot be looked at cannot be found by a scan either; writing it tells of it.
    if ((error as NodeJS.ErrnoException).syscall !== "realpath") throw error;
    const parent = path.dirname(absolute);
    return parent === absolute ? absolute : path.join(realPath(parent), path.basename(absolute));
  }
}
