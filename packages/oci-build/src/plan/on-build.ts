import { type FromInstruction, type Instruction, parseDockerfile, type Span } from "@oci-build/dockerfile";
import { PlanError } from "./plan-error.js";

/** The instruction that an ONBUILD trigger of a base stands for. Its place is the FROM that brings it in. */
export function onBuildInstructions(
  trigger: string,
  from: FromInstruction,
): readonly Exclude<Instruction, FromInstruction>[] {
  const { stages, diagnostics } = parseDockerfile(`FROM scratch\n${trigger}\n`);
  const problem = diagnostics.find(({ severity }) => severity === "error");
  if (problem !== undefined) {
    throw new PlanError(problem.rule, from.span, `the base's ONBUILD trigger is wrong: ${problem.message}`);
  }
  const [stage, ...more] = stages.stages;
  const instructions = stage?.instructions ?? [];
  if (more.length > 0 || instructions.length !== 1) {
    throw new PlanError(
      "DOCKERFILE_INVALID_TRIGGER",
      from.span,
      "an ONBUILD trigger of the base is no single instruction",
    );
  }
  return instructions.map((instruction) => placedAt(instruction, from.span));
}

/** Gives all parts of an instruction one place; their own are those of another text. */
function placedAt<T extends Instruction>(instruction: T, span: Span): T {
  return JSON.parse(JSON.stringify(instruction), (key, value: unknown) =>
    /^span$|Span$/.test(key) ? span : value,
  ) as T;
}
