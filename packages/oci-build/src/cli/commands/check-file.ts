import nodeFs from "node:fs";
import path from "node:path";
import { type CheckOptions, type CheckResult, checkDockerfile, parseDockerfile } from "@oci-build/dockerfile";
import { compilePatterns, type PatternMatcher, parseIgnoreFile } from "@oci-build/snapshot";
import type { SourceFile } from "./source-files.js";

/** A checked Dockerfile and the ignore file that goes with it. */
export interface CheckedFile extends CheckResult {
  readonly source: SourceFile;
  readonly ignoreFile: SourceFile | undefined;
}

/** Checks a Dockerfile with the facts that lie beside it: `<name>.dockerignore`, else `.dockerignore`. */
export function checkFile(
  source: SourceFile,
  options: Pick<CheckOptions, "buildArgs" | "check" | "target" | "targetPlatform"> = {},
): CheckedFile {
  const ignoreFile = readIgnoreFile(source.label);
  const facts: CheckOptions = {
    ...options,
    ...(ignoreFile === undefined
      ? {}
      : {
          ignoreFile: { name: ignoreFile.label, text: ignoreFile.text },
          isIgnored: ignoredBy(ignoreFile.text),
        }),
  };
  return { source, ignoreFile, ...checkDockerfile(parseDockerfile(source.text), facts) };
}

function readIgnoreFile(dockerfile: string): SourceFile | undefined {
  const beside = path.join(path.dirname(dockerfile), ".dockerignore");
  for (const label of [`${dockerfile}.dockerignore`, beside]) {
    if (nodeFs.existsSync(label)) return { label, text: nodeFs.readFileSync(label, "utf8") };
  }
  return undefined;
}

/** As BuildKit, nothing is said where a `!` pattern may take a path back. */
function ignoredBy(text: string): CheckOptions["isIgnored"] {
  const { patterns } = parseIgnoreFile(text);
  if (patterns.some(({ pattern }) => pattern.startsWith("!"))) return undefined;
  const matcher: PatternMatcher = compilePatterns(patterns);
  return (file) => {
    const verdict = matcher.matchesOrParentMatches(file) ? matcher.explain(file) : undefined;
    return verdict?.line === undefined ? undefined : { pattern: verdict.pattern, line: verdict.line };
  };
}
