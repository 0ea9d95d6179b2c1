import type { Diagnostic, Span } from "@oci-build/dockerfile";
import { requireExecutor } from "@oci-build/executor";
import { isOciBuildError } from "@oci-build/oci";
import { type ResolvedStage, resolveCopyFrom } from "./resolve-stages.js";
import { stageNames } from "./stage-names.js";

/** What the stages need that this version cannot do, each with its place: RUN steps and remote images. */
export function findUnsupported(
  resolved: readonly ResolvedStage[],
  reachable: readonly number[],
): readonly Diagnostic[] {
  const stages = stageNames(resolved.map(({ stage }) => stage));
  return reachable.flatMap((index) => {
    const current = resolved[index];
    if (current === undefined) return [];
    const { base, stage } = current;
    const ofBase = base.kind === "image" ? [remoteImage(stage.from.image.span, base.name)] : [];
    const ofSteps = current.instructions.flatMap(({ instruction }) => {
      if (instruction.kind === "run") return runStep(instruction.span, instruction.text);
      if (instruction.kind !== "copy" || instruction.from === undefined) return [];
      const origin = resolveCopyFrom(stages, index, instruction.from);
      return origin.kind === "image" ? [remoteImage(instruction.from.span, origin.name)] : [];
    });
    return [...ofBase, ...ofSteps];
  });
}

function remoteImage(span: Span, name: string): Diagnostic {
  return {
    rule: "BUILD_UNSUPPORTED",
    severity: "error",
    message: `images from a registry are not supported yet: ${name}`,
    span,
    notes: [],
    hint: "Start from scratch or from a stage of this file.",
  };
}

/** The executor says why a RUN cannot run, in its own words. */
function runStep(span: Span, text: string): readonly Diagnostic[] {
  try {
    requireExecutor([{ line: span.start.line, text }]);
  } catch (error) {
    if (!isOciBuildError(error, "EXECUTOR_UNAVAILABLE")) throw error;
    const { message, hint, code } = error;
    return [{ rule: code, severity: "error", message, span, notes: [], hint }];
  }
  return [];
}
