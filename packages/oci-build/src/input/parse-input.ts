import { type Diagnostic, parseDockerfile } from "@oci-build/dockerfile";
import { buildError } from "../errors.js";
import type { PlanInput } from "../plan/plan-input.js";
import type { DockerfileText } from "./read-dockerfile.js";

/** A Dockerfile without errors, and its warnings. */
export interface ParsedInput {
  readonly dockerfile: PlanInput["dockerfile"];
  readonly escape: "\\" | "`";
  readonly warnings: readonly Diagnostic[];
}

/** Parses a Dockerfile that is to be built.
 * @throws OciBuildError BUILD_DOCKERFILE_INVALID with all errors */
export function parseInput({ label, text }: DockerfileText): ParsedInput {
  const { ast, stages, diagnostics } = parseDockerfile(text);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return { dockerfile: stages, escape: ast.escape, warnings: diagnostics };
  const more = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
  throw buildError("BUILD_DOCKERFILE_INVALID", {
    message: `${label}:${first.span.start.line}: ${first.message}${more}`,
    data: { file: label, diagnostics: errors },
    hint: first.hint,
  });
}
