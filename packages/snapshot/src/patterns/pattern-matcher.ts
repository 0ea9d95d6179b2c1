import { type CompiledPattern, compileIgnorePattern, type IgnorePattern } from "./ignore-pattern.js";

/** Which pattern decided about a path. */
export interface PatternVerdict {
  /** The pattern's text, with its `!`. */
  readonly pattern: string;
  /** Where it stands in its file, from 1. */
  readonly line?: number | undefined;
  /** True when the path is left out, false when a `!` pattern took it back. */
  readonly excluded: boolean;
}

/** What the patterns say of one directory, for its entries to build on. Made by `enter` of one matcher only. */
export interface DirectoryMatch {
  readonly excluded: boolean;
  /** 1 for each pattern that matched the directory or one above it. */
  readonly matched: Uint8Array;
  /** The patterns, by number, that decide about something below the directory: those that matched, and those that may
   * match there. When there are none, nothing below is excluded. */
  readonly live: readonly number[];
  /** The last pattern that matched; -1 when none did. */
  readonly decidedBy: number;
}

/** A compiled list of ignore patterns. Paths are those of a tree: relative, with `/`, clean; the root is `""` and
 * is never excluded. The last pattern that matches a path or one of its parents decides. */
export interface PatternMatcher {
  /** What a walk from the root finds: see `enter`. */
  matches(path: string): boolean;
  /** Looks at all parents for every pattern: moby's `MatchesOrParentMatches`, which BuildKit's checks use. */
  matchesOrParentMatches(path: string): boolean;
  /** The pattern that decides in a walk; undefined when none matches. */
  explain(path: string): PatternVerdict | undefined;
  /** False when the directory is excluded and nothing below it can be taken back, so that a walk may pass it by. */
  couldReincludeBelow(directory: string, match?: DirectoryMatch): boolean;
  /** Judges a directory by what is known of its parent (undefined: it lies in the root): moby's
   * `MatchesUsingParentResults`, by which BuildKit walks. */
  enter(directory: string, parent: DirectoryMatch | undefined): DirectoryMatch;
  /** True when a path is excluded, by what is known of its parent. */
  excludes(path: string, parent: DirectoryMatch | undefined): boolean;
}

/** Compiles ignore patterns with the meaning of moby/patternmatcher: those of `.dockerignore` and of `COPY --exclude`.
 * Patterns may carry lines, as `parseIgnoreFile` gives them.
 *
 * Differs: a malformed pattern is refused here; moby finds some only when a path is compared with them.
 * Differs: `/` separates and `\` escapes on every system, as for BuildKit on Linux.
 * @throws OciBuildError PATTERN_INVALID
 * @see https://github.com/moby/patternmatcher/tree/v0.6.0 */
export function compilePatterns(patterns: readonly (string | IgnorePattern)[]): PatternMatcher {
  const compiled: CompiledPattern[] = [];
  for (const pattern of patterns) {
    const one = compileIgnorePattern(typeof pattern === "string" ? { pattern } : pattern);
    if (one !== undefined) compiled.push(one);
  }
  return matcherOf(compiled);
}

function matcherOf(patterns: readonly CompiledPattern[]): PatternMatcher {
  const enter = (path: string, parent: DirectoryMatch | undefined) => enterDirectory(patterns, path, parent);
  const decide = (path: string) => decideBelow(patterns, path, walkTo(patterns, parentOf(path)));
  return {
    matches: (path) => path !== "" && isExcluding(patterns, decide(path)),
    matchesOrParentMatches: (path) => path !== "" && isExcluding(patterns, decideWithParents(patterns, path)),
    explain: (path) => (path === "" ? undefined : verdict(patterns[decide(path)])),
    couldReincludeBelow: (path, match) => mayReinclude(patterns, path, match ?? walkTo(patterns, path)),
    enter,
    excludes: (path, parent) => isExcluding(patterns, decideBelow(patterns, path, parent)),
  };
}

function verdict(decider: CompiledPattern | undefined): PatternVerdict | undefined {
  if (decider === undefined) return undefined;
  return { pattern: decider.pattern, line: decider.line, excluded: decider.effect === "exclude" };
}

function isExcluding(patterns: readonly CompiledPattern[], decidedBy: number): boolean {
  return patterns[decidedBy]?.effect === "exclude";
}

/** The last pattern that matches a path, where those that matched its parent count as matching.
 * A pattern that would change nothing is not compared: an exclusion of what is excluded, an inclusion of what is
 * not. So it is not remembered for the directory's entries either; BuildKit's results depend on that. */
function decideBelow(
  patterns: readonly CompiledPattern[],
  path: string,
  parent: DirectoryMatch | undefined,
  matched?: Uint8Array,
): number {
  let decidedBy = -1;
  let excluded = false;
  const live = parent?.live;
  const count = live?.length ?? patterns.length;
  for (let at = 0; at < count; at++) {
    const index = live === undefined ? at : (live[at] ?? 0);
    const pattern = patterns[index];
    if (pattern === undefined) continue;
    if (parent?.matched[index] !== 1) {
      if ((pattern.effect === "exclude") === excluded || !pattern.matchesPath(path)) continue;
    }
    if (matched !== undefined) matched[index] = 1;
    decidedBy = index;
    excluded = pattern.effect === "exclude";
  }
  return decidedBy;
}

function enterDirectory(
  patterns: readonly CompiledPattern[],
  directory: string,
  parent: DirectoryMatch | undefined,
): DirectoryMatch {
  const matched = new Uint8Array(patterns.length);
  const decidedBy = decideBelow(patterns, directory, parent, matched);
  const live = (parent?.live ?? [...patterns.keys()]).filter(
    (index) => matched[index] === 1 || mayDecideBelow(patterns[index], directory),
  );
  return { excluded: isExcluding(patterns, decidedBy), matched, decidedBy, live };
}

/** A pattern that begins with a double star may match below any directory; that is known without trying. */
function mayDecideBelow(pattern: CompiledPattern | undefined, directory: string): boolean {
  return pattern !== undefined && (pattern.text.startsWith("**") || pattern.mayMatchBelow(directory));
}

/** The match of a directory, found by entering each one on its way; undefined for the root. */
function walkTo(patterns: readonly CompiledPattern[], directory: string): DirectoryMatch | undefined {
  let match: DirectoryMatch | undefined;
  for (const path of pathsTo(directory)) match = enterDirectory(patterns, path, match);
  return match;
}

function decideWithParents(patterns: readonly CompiledPattern[], path: string): number {
  let decidedBy = -1;
  for (const [index, pattern] of patterns.entries()) {
    const excluded = isExcluding(patterns, decidedBy);
    if ((pattern.effect === "exclude") === excluded) continue;
    if (pathsTo(path).some((prefix) => pattern.matchesPath(prefix))) decidedBy = index;
  }
  return decidedBy;
}

/** Only a later `!` pattern can overrule the one that excludes the directory, since that one matches all below. */
function mayReinclude(
  patterns: readonly CompiledPattern[],
  directory: string,
  match: DirectoryMatch | undefined,
): boolean {
  if (match?.excluded !== true) return true;
  return patterns.some(
    (pattern, index) =>
      index > match.decidedBy && pattern.effect === "include" && pattern.mayMatchBelow(directory),
  );
}

/** `a/b/c` gives `a`, `a/b`, `a/b/c`; the root gives none. */
function pathsTo(path: string): readonly string[] {
  if (path === "") return [];
  const names = path.split("/");
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
