import type { Diagnostic, Span } from "@oci-build/dockerfile";
import { requireExecutor } from "@oci-build/executor";
import { isOciBuildError } from "@oci-build/oci";
import type { ResolvedFile } from "./resolve-stages.js";

/** What the stages need that this version cannot do, each with its place: RUN steps. */
export function findUnsupported({ stages, reachable }: ResolvedFile): readonly Diagnostic[] {
  return reachable.flatMap((index) =>
    (stages[index]?.instructions ?? []).flatMap(({ instruction }) =>
      instruction.kind === "run" ? runStep(instruction.span, instruction.text) : [],
    ),
  );
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
