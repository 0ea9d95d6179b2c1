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
  const { rule, severity = "error", message, span, notes = [], hint, docs } = finding;
  const diagnostic: { -readonly [K in keyof Diagnostic]: Diagnostic[K] } = {
    rule,
    severity,
    message,
    span,
    notes,
  };
  if (hint !== undefined) diagnostic.hint = hint;
  if (docs !== undefined) diagnostic.docs = docs;
  return diagnostic;
}

/** The section of Docker's reference about an instruction. */
export function referenceUrl(instruction: string): string {
  return `https://docs.docker.com/reference/dockerfile/#${instruction}`;
}
