import type { TextEdit } from "../edit/text-edit.js";
import type { Span } from "../tree/span.js";

/** An error makes the build fail; a warning does not. */
export type Severity = "error" | "warning";

/** A further place that explains a diagnostic, in the diagnostic's file. */
export interface DiagnosticNote {
  readonly message: string;
  readonly span?: Span | undefined;
}

/** One finding about a Dockerfile, as data. `rule` is stable API: BuildKit's rule name where the rule is BuildKit's,
 * a name of the same form for further checks, else an upper-case error code such as
 * `DOCKERFILE_UNKNOWN_INSTRUCTION`. */
export interface Diagnostic {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  readonly notes: readonly DiagnosticNote[];
  readonly hint?: string | undefined;
  /** Where the rule is explained: an address, or for checks `docs/checks/NAME.md`. */
  readonly docs?: string | undefined;
  /** The file that all spans are in, when it is not the Dockerfile: the name that the caller gave its ignore file. */
  readonly file?: string | undefined;
  /** Edits of that file that together mend the finding; absent when only a person can. */
  readonly fixes?: readonly TextEdit[] | undefined;
}
