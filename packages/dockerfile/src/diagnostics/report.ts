import type { Span } from "../tree/span.js";
import type { Diagnostic, DiagnosticNote, Severity } from "./diagnostic.js";
import type { DockerfileRule } from "./rules.js";

/** What a check says; the rest of a diagnostic has defaults. */
export interface Finding {
  readonly rule: DockerfileRule;
  readonly message: string;
  readonly span: Span;
  /** `error` when absent. */
  readonly severity?: Severity | undefined;
  readonly hint?: string | undefined;
  readonly notes?: readonly DiagnosticNote[] | undefined;
  readonly docs?: string | undefined;
}

/** Takes one finding. */
export type Report = (finding: Finding) => void;

/** A finding as a diagnostic. Absent fields stay absent, so that JSON of a diagnostic is stable. */
export function toDiagnostic(finding: Finding): Diagnostic {
  return {
    rule: finding.rule,
    severity: finding.severity ?? "error",
    message: finding.message,
    span: finding.span,
    notes: finding.notes ?? [],
    ...(finding.hint === undefined ? {} : { hint: finding.hint }),
    ...(finding.docs === undefined ? {} : { docs: finding.docs }),
  };
}

/** The section of Docker's reference about an instruction. */
export function referenceUrl(instruction: string): string {
  return `https://docs.docker.com/reference/dockerfile/#${instruction}`;
}
