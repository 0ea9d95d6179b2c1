import type { Diagnostic, Span } from "@oci-build/dockerfile";

/** A problem of the Dockerfile that only planning can see. Caught by `planBuild`, never seen by callers. */
export class PlanError extends Error {
  readonly diagnostic: Diagnostic;

  constructor(rule: string, span: Span, message: string, hint?: string) {
    super(message);
    this.diagnostic = { rule, severity: "error", message, span, notes: [], hint };
  }
}
