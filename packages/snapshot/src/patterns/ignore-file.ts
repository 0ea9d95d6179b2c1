import { isOciBuildError } from "@oci-build/oci";
import { cleanPath } from "./clean-path.js";
import { compileIgnorePattern, type IgnorePattern } from "./ignore-pattern.js";
import { trimSpace } from "./trim-space.js";

/** A line of an ignore file that is no pattern. `line` counts from 1. */
export interface IgnoreProblem {
  readonly line: number;
  readonly pattern: string;
  readonly message: string;
}

/** What an ignore file says. Lines with problems are not among `patterns`. */
export interface IgnoreFile {
  readonly patterns: readonly IgnorePattern[];
  readonly problems: readonly IgnoreProblem[];
}

/** Reads a `.dockerignore`: one pattern a line; `#` in the first column begins a comment; white space around a
 * pattern and behind its `!` is cut off; patterns are cleaned and lose one leading slash. Never throws.
 *
 * Differs: a lone `!` and malformed patterns are problems with their lines; Docker names none.
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files */
export function parseIgnoreFile(text: string): IgnoreFile {
  const patterns: IgnorePattern[] = [];
  const problems: IgnoreProblem[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const pattern = readLine(line.replace(/\r$/, ""));
    if (pattern === undefined) continue;
    const problem = findProblem({ pattern, line: index + 1 });
    if (problem === undefined) patterns.push({ pattern, line: index + 1 });
    else problems.push({ line: index + 1, pattern, message: problem });
  }
  return { patterns, problems };
}

function readLine(line: string): string | undefined {
  if (line.startsWith("#")) return undefined;
  const text = trimSpace(line);
  if (!text.startsWith("!")) return text === "" ? undefined : rooted(text);
  const rest = trimSpace(text.slice(1));
  return rest === "" ? "!" : `!${rooted(rest)}`;
}

function rooted(pattern: string): string {
  const cleaned = cleanPath(pattern);
  return cleaned.length > 1 && cleaned.startsWith("/") ? cleaned.slice(1) : cleaned;
}

function findProblem(pattern: IgnorePattern): string | undefined {
  try {
    compileIgnorePattern(pattern);
    return undefined;
  } catch (error) {
    if (isOciBuildError(error, "PATTERN_INVALID")) return error.message;
    throw error;
  }
}
