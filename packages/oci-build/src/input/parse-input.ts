import { type CheckOptions, checkDockerfile, type Diagnostic, parseDockerfile } from "@oci-build/dockerfile";
import { buildError } from "../errors.js";
import type { PlanInput } from "../plan/plan-input.js";
import { neededPart } from "./needed-part.js";
import type { DockerfileText } from "./read-dockerfile.js";

/** A Dockerfile that may be built, and what its checks warn of. */
export interface ParsedInput {
  readonly dockerfile: PlanInput["dockerfile"];
  readonly escape: "\\" | "`";
  readonly warnings: readonly Diagnostic[];
}

/** Parses and checks a Dockerfile that is to be built.
 * @throws OciBuildError BUILD_DOCKERFILE_INVALID with all errors; with all warnings, too, when the file says
 *   `# check=error=true` */
export function parseInput({ label, text }: DockerfileText, options: CheckOptions): ParsedInput {
  const parsed = parseDockerfile(text);
  const all = checkDockerfile(parsed, options);
  // As in BuildKit, a value that is wrong where nothing runs does not matter.
  const { diagnostics, failed } = all.failed ? checkDockerfile(neededPart(parsed, options), options) : all;
  if (!failed) return { dockerfile: parsed.stages, escape: parsed.ast.escape, warnings: diagnostics };
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  throw invalid(label, errors.length > 0 ? errors : diagnostics);
}

function invalid(label: string, diagnostics: readonly Diagnostic[]): Error {
  const [first] = diagnostics;
  const more = diagnostics.length === 1 ? "" : ` (and ${diagnostics.length - 1} more)`;
  return buildError("BUILD_DOCKERFILE_INVALID", {
    message: `${first?.file ?? label}:${first?.span.start.line}: ${first?.message}${more}`,
    data: { file: label, diagnostics },
    hint: first?.hint,
  });
}
