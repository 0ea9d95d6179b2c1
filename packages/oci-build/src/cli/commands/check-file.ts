import fs from "node:fs";
import path from "node:path";
import { type CheckOptions, type CheckResult, checkDockerfile, parseDockerfile } from "@oci-build/dockerfile";
import { ignoreFacts } from "../../input/ignore-facts.js";
import { compileRules, type IgnoreRules } from "../../input/read-ignore-file.js";
import type { SourceFile } from "./source-files.js";

/** A checked Dockerfile and the ignore file that goes with it. */
export interface CheckedFile extends CheckResult {
  readonly source: SourceFile;
  readonly ignoreFile: SourceFile | undefined;
}

/** Checks a Dockerfile with the facts that lie beside it: `<name>.dockerignore`, else `.dockerignore`.
 * @throws OciBuildError BUILD_IGNORE_FILE_INVALID */
export function checkFile(source: SourceFile, options: Omit<CheckOptions, "ignore"> = {}): CheckedFile {
  const ignore = ignoreRulesBeside(source.label);
  const facts = { ...options, ...ignoreFacts(ignore) };
  return { source, ignoreFile: ignore, ...checkDockerfile(parseDockerfile(source.text), facts) };
}

function ignoreRulesBeside(dockerfile: string): IgnoreRules | undefined {
  const inFolder = path.join(path.dirname(dockerfile), ".dockerignore");
  const file = [`${dockerfile}.dockerignore`, inFolder].find((candidate) => fs.existsSync(candidate));
  return file === undefined
    ? undefined
    : { ...compileRules(fs.readFileSync(file, "utf8"), file), label: file };
}
