import { compileGoPattern, resolvePath, type Snapshot } from "@oci-build/snapshot";
import type { CopySource } from "./copy-request.js";
import { missingSource } from "./missing-source.js";
import { joinPath } from "./tree-paths.js";

/** What a source names: a path that may not exist, or what a wildcard found, which may be nothing. */
export interface SourceMatches {
  readonly kind: "path" | "wildcard";
  /** Relative to the root, links not yet followed in the last name. */
  readonly paths: readonly string[];
}

/** The paths that a COPY source names, by Go's path patterns. Links are followed before the first name with a
 * wildcard, not behind it; what matches in a directory comes in the order of its names.
 *
 * A wildcard may find nothing, but the names before it must exist, as in BuildKit.
 * @throws OciBuildError COPY_SOURCE_MISSING, PATTERN_INVALID, SNAPSHOT_LINK_LOOP */
export function resolveWildcards(copied: CopySource, source: string): SourceMatches {
  const { snapshot } = copied;
  const names = cleanNames(source);
  const first = names.findIndex(hasWildcard);
  if (first < 0) return { kind: "path", paths: [names.join("/")] };
  const before = names.slice(0, first).join("/");
  const { path, entry } = resolvePath(snapshot, before, "follow-last");
  if (path !== "" && entry === undefined) throw missingSource(copied, before, source);
  return { kind: "wildcard", paths: matchBelow(snapshot, path, names.slice(first)) };
}

/** True when Go's pattern language would not take the name literally. */
export function hasWildcard(name: string): boolean {
  return /^(?:[^\\*?[]|\\.)*[*?[]/su.test(name);
}

/** The names of a path inside its root: `..` stops there. */
export function cleanNames(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names;
}

function matchBelow(snapshot: Snapshot, directory: string, patterns: readonly string[]): string[] {
  const [pattern, ...rest] = patterns;
  if (pattern === undefined) return [directory];
  const compiled = compileGoPattern(pattern);
  const found = (snapshot.list(directory) ?? []).filter((name) => compiled.matches(name));
  return found.flatMap((name) => matchBelow(snapshot, joinPath(directory, name), rest));
}
