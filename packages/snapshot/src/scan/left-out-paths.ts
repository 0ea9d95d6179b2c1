import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { ContextFileSystem } from "./context-file-system.js";
import { systemCode } from "./system-code.js";

/** Absolute paths that a scan passes by with all below them, as a set or as a question. */
export type LeftOut = ReadonlySet<string> | ((absolutePath: string) => boolean);

/** Tells of a tree path whether it is to be left out. */
export type LeftOutTest = (path: string) => boolean;

/** A test of tree paths; undefined when nothing is to be left out. Paths of a set are also compared with their
 * directories' links resolved; a function is asked with paths below the root as it was given. */
export function leftOutTest(
  fs: ContextFileSystem,
  root: string,
  realRoot: string,
  leftOut: LeftOut | undefined,
): LeftOutTest | undefined {
  if (leftOut === undefined) return undefined;
  if (typeof leftOut === "function") return (path) => leftOut(join(root, path));
  const paths = new Set<string>();
  for (const absolute of leftOut) {
    addBelow(paths, root, resolve(absolute));
    addBelow(paths, realRoot, realDirectory(fs, resolve(absolute)));
  }
  return paths.size === 0 ? undefined : (path) => paths.has(path);
}

function addBelow(paths: Set<string>, root: string, absolute: string): void {
  const path = relative(root, absolute).split(sep).join("/");
  if (path !== "" && path !== ".." && !path.startsWith("../") && resolve(root, path) === absolute)
    paths.add(path);
}

/** The path with the links of its directory resolved; as it is when the directory does not exist yet. */
function realDirectory(fs: ContextFileSystem, absolute: string): string {
  try {
    return join(String(fs.realpathSync(dirname(absolute))), basename(absolute));
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return absolute;
    throw error;
  }
}
