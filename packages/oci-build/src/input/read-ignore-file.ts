import path from "node:path";
import { compilePatterns, type PatternMatcher, parseIgnoreFile } from "@oci-build/snapshot";
import { buildError } from "../errors.js";
import type { ContextFolder } from "./context-folder.js";
import type { DockerfileText } from "./read-dockerfile.js";
import { readFoundFile } from "./read-small-file.js";

/** Enough for any list that people write, and for generated ones. */
const IGNORE_FILE_MAX_BYTES = 16 * 1024 * 1024;

/** The rules of an ignore file, and what checks of it need. */
export interface IgnoreRules {
  /** As messages show it. */
  readonly label: string;
  readonly text: string;
  readonly matcher: PatternMatcher;
  /** Whether a `!` pattern may take a path back. */
  readonly exceptions: "some" | "none";
}

/** The ignore rules of a context: those of `<Dockerfile>.dockerignore` beside the Dockerfile if it exists, else those
 * of `.dockerignore` in the context. Undefined when there are none.
 * @throws OciBuildError BUILD_FILE_UNREADABLE, BUILD_IGNORE_FILE_INVALID, PATTERN_INVALID */
export function readIgnoreFile(context: ContextFolder, dockerfile: DockerfileText): IgnoreRules | undefined {
  const join = context.kind === "virtual" ? path.posix.join : path.join;
  const inContext = { fs: context.fs, path: join(context.root, ".dockerignore") };
  const { location } = dockerfile;
  const ofDockerfile = location && { fs: location.fs, path: `${location.path}.dockerignore` };
  return firstRules(ofDockerfile === undefined ? [inContext] : [ofDockerfile, inContext]);
}

/** The ignore rules of a named context: those of its `.dockerignore`.
 * @throws OciBuildError as `readIgnoreFile` */
export function readContextIgnoreFile({ kind, fs, root }: ContextFolder): IgnoreRules | undefined {
  const join = kind === "virtual" ? path.posix.join : path.join;
  return firstRules([{ fs, path: join(root, ".dockerignore") }]);
}

function firstRules(
  candidates: readonly { readonly fs: ContextFolder["fs"]; readonly path: string }[],
): IgnoreRules | undefined {
  for (const candidate of candidates) {
    const bytes = readFoundFile(candidate.fs, candidate.path, IGNORE_FILE_MAX_BYTES);
    if (bytes === undefined) continue;
    if (bytes.length > IGNORE_FILE_MAX_BYTES) throw tooLarge(candidate.path);
    return compileRules(bytes.toString("utf8"), candidate.path);
  }
  return undefined;
}

function tooLarge(file: string): Error {
  return buildError("BUILD_IGNORE_FILE_INVALID", {
    message: `${path.basename(file)} has more than ${IGNORE_FILE_MAX_BYTES} bytes`,
    data: { path: file, line: 1, pattern: "" },
  });
}

/** Compiles the text of an ignore file.
 * @throws OciBuildError BUILD_IGNORE_FILE_INVALID */
export function compileRules(text: string, file: string): IgnoreRules {
  const { patterns, problems } = parseIgnoreFile(text);
  const [problem] = problems;
  if (problem === undefined) {
    const exceptions = patterns.some(({ pattern }) => pattern.startsWith("!")) ? "some" : "none";
    return { label: path.basename(file), text, matcher: compilePatterns(patterns), exceptions };
  }
  throw buildError("BUILD_IGNORE_FILE_INVALID", {
    message: `${path.basename(file)}:${problem.line}: ${problem.message}`,
    data: { path: file, line: problem.line, pattern: problem.pattern },
  });
}
