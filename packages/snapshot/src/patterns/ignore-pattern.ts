import { cleanPath } from "./clean-path.js";
import { type CompiledRegexp, compileRegexp } from "./compile-regexp.js";
import { parseGoPattern } from "./parse-go-pattern.js";
import { patternError } from "./pattern-error.js";
import { type PatternForm, patternForm } from "./pattern-expression.js";
import { trimSpace } from "./trim-space.js";

/** One pattern of an ignore file: its text as Docker reads it, and its line (1-based) where it came from a file. */
export interface IgnorePattern {
  readonly pattern: string;
  readonly line?: number | undefined;
}

/** One compiled pattern. `matchesPath` compares with exactly this path, not with its parents. */
export interface CompiledPattern extends IgnorePattern {
  /** Cleaned, without the `!`. */
  readonly text: string;
  readonly effect: "exclude" | "include";
  matchesPath(path: string): boolean;
  /** False only when no path strictly below the directory can match. */
  mayMatchBelow(directory: string): boolean;
}

/** Longest pattern, in UTF-16 code units; Docker's reader ends at lines of 64 KiB, too. */
const PATTERN_MAX_LENGTH = 65_536;

/** Compiles one pattern; undefined when nothing but white space stands there.
 * @throws OciBuildError PATTERN_INVALID */
export function compileIgnorePattern(source: IgnorePattern): CompiledPattern | undefined {
  const { line } = source;
  if (source.pattern.length > PATTERN_MAX_LENGTH) {
    throw patternError(source.pattern.slice(0, 100), `longer than ${PATTERN_MAX_LENGTH} characters`, line);
  }
  const trimmed = trimSpace(source.pattern);
  if (trimmed === "") return undefined;
  const cleaned = cleanPath(trimmed);
  if (cleaned === "!") throw patternError(source.pattern, 'nothing follows "!"', line);
  const effect = cleaned.startsWith("!") ? "include" : "exclude";
  const text = effect === "include" ? cleaned.slice(1) : cleaned;
  parseGoPattern(text);
  return { pattern: trimmed, line, text, effect, ...comparison(patternForm(text), text) };
}

function comparison(
  form: PatternForm,
  pattern: string,
): CompiledRegexp & Pick<CompiledPattern, "matchesPath"> {
  if (form.kind !== "expression") {
    const plain = compilePlain(form);
    return { ...plain, matchesPath: plain.matches };
  }
  const compiled = compileRegexp(form.source, pattern);
  const end = literalEnd(pattern);
  return { ...compiled, matchesPath: (path) => path.endsWith(end) && compiled.matches(path) };
}

/** What a path must end with to match: `.log` for `*.log`. Looking for it first spares most paths the expression.
 * Only characters that are themselves in every pattern count, and none where a backslash may give them a meaning; the
 * slash behind a double star is part of it, and need not be in the path. */
function literalEnd(pattern: string): string {
  return pattern.includes("\\") ? "" : (/(?:\*\*\/)?([\w./ -]*)$/.exec(pattern)?.[1] ?? "");
}

function compilePlain(form: Exclude<PatternForm, { kind: "expression" }>): CompiledRegexp {
  const { text } = form;
  switch (form.kind) {
    case "exact":
      return { matches: (path) => path === text, mayMatchBelow: (dir) => text.startsWith(`${dir}/`) };
    case "prefix":
      return {
        matches: (path) => path.startsWith(text),
        mayMatchBelow: (dir) => text.startsWith(`${dir}/`) || `${dir}/`.startsWith(text),
      };
    case "suffix":
      return { matches: (path) => endsWithSuffix(path, text), mayMatchBelow: () => true };
  }
}

/** The suffix `/foo` also stands for a whole path `foo`. */
function endsWithSuffix(path: string, suffix: string): boolean {
  if (path.endsWith(suffix)) return true;
  return suffix.length === path.length + 1 && suffix.startsWith("/") && suffix.endsWith(path);
}
