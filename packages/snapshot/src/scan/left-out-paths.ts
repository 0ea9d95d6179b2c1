import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { ContextFileSystem } from "./context-file-system.js";
import { systemCode } from "./system-code.js";

/** Absolute paths that a scan passes by with all below them: a set, or a question that is only asked of what lies
 * directly in certain folders (absolute, without links). */
export type LeftOut = ReadonlySet<string> | LeftOutRule;

export interface LeftOutRule {
  readonly folders: ReadonlySet<string>;
  isLeftOut(absolutePath: string): boolean;
}

/** Tells of a name in one directory whether it is to be left out. */
export type NameTest = (name: string) => boolean;

/** The test for a directory's names, by the directory's tree path; undefined where nothing is to be left out. */
export type LeftOutTest = (directory: string) => NameTest | undefined;

/** A test of tree paths; undefined when nothing is to be left out. Paths of a set are also compared with their
 * directories' links resolved; a rule is asked with paths below the real root. */
export function leftOutTest(
  fs: ContextFileSystem,
  root: string,
  realRoot: string,
  leftOut: LeftOut | undefined,
): LeftOutTest | undefined {
  if (leftOut === undefined) return undefined;
  if ("isLeftOut" in leftOut) return (directory) => ruleIn(leftOut, join(realRoot, directory));
  const names = new Map<string, Set<string>>();
  for (const absolute of leftOut) {
    addBelow(names, root, resolve(absolute));
    addBelow(names, realRoot, realDirectory(fs, resolve(absolute)));
  }
  if (names.size === 0) return undefined;
  return (directory) => {
    const here = names.get(directory);
    return here === undefined ? undefined : (name) => here.has(name);
  };
}

function ruleIn(rule: LeftOutRule, folder: string): NameTest | undefined {
  return rule.folders.has(folder) ? (name) => rule.isLeftOut(join(folder, name)) : undefined;
}

function addBelow(names: Map<string, Set<string>>, root: string, absolute: string): void {
  const path = relative(root, absolute).split(sep).join("/");
  if (path === "" || path === ".." || path.startsWith("../") || resolve(root, path) !== absolute) return;
  const directory = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  names.set(directory, (names.get(directory) ?? new Set()).add(basename(path)));
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
