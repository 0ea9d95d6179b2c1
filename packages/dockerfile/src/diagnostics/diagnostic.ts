import type { Span } from "../tree/span.js";

/** An error makes the build fail; a warning does not. */
export type Severity = "error" | "warning";

/** A further place that explains a diagnostic. */
export interface DiagnosticNote {
  readonly message: string;
  readonly span?: Span | undefined;
}

/** One finding about a Dockerfile, as data. `rule` is stable API: BuildKit's rule name where the rule is BuildKit's,
 * else an upper-case error code such as `DOCKERFILE_UNKNOWN_INSTRUCTION`. */
export interface Diagnostic {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  readonly notes: readonly DiagnosticNote[];
  readonly hint?: string | undefined;
  readonly docs?: string | undefined;
}
