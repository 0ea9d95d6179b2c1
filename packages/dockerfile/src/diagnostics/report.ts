import type { Span } from "../tree/span.js";
import type { Diagnostic, DiagnosticNote, Severity } from "./diagnostic.js";
import type { DockerfileRule } from "./rules.js";

/** What the parser says; the rest of a diagnostic has defaults. */
export interface Finding extends DiagnosticDraft {
  readonly rule: DockerfileRule;
}

/** A diagnostic of which only what matters is given. */
interface DiagnosticDraft {
  readonly rule: string;
  readonly message: string;
  readonly span: Span;
  /** `error` when absent. */
  readonly severity?: Severity | undefined;
  readonly hint?: string | undefined;
  readonly notes?: readonly DiagnosticNote[] | undefined;
  readonly docs?: string | undefined;
  readonly file?: string | undefined;
  readonly fixes?: Diagnostic["fixes"];
}

const noNotes: readonly never[] = [];

/** Takes one finding. */
export type Report = (finding: Finding) => void;

/** The whole diagnostic. Absent fields stay absent, so that JSON of a diagnostic is stable. */
export function toDiagnostic(draft: DiagnosticDraft): Diagnostic {
  const { rule, severity = "error", message, span, notes = noNotes, hint, docs, file, fixes } = draft;
  const diagnostic: { -readonly [K in keyof Diagnostic]: Diagnostic[K] } = {
    rule,
    severity,
    message,
    span,
    notes,
  };
  if (hint !== undefined) diagnostic.hint = hint;
  if (docs !== undefined) diagnostic.docs = docs;
  if (file !== undefined) diagnostic.file = file;
  if (fixes !== undefined && fixes.length > 0) diagnostic.fixes = fixes;
  return diagnostic;
}

/** The section of Docker's reference about an instruction. */
export function referenceUrl(instruction: string): string {
  return `https://docs.docker.com/reference/dockerfile/#${instruction}`;
}
