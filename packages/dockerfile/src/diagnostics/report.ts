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

/** The whole diagnostic. Absent fields stay absent, so that JSON of a diagnostic is stable. The usual ones are written
 * out: what is added to an object later takes an array of its own. */
export function toDiagnostic(draft: DiagnosticDraft): Diagnostic {
  const { rule, severity = "error", message, span, notes = noNotes, hint, docs, file, fixes } = draft;
  const diagnostic: { -readonly [K in keyof Diagnostic]: Diagnostic[K] } =
    docs === undefined
      ? { rule, severity, message, span, notes }
      : hint === undefined
        ? { rule, severity, message, span, notes, docs }
        : { rule, severity, message, span, notes, hint, docs };
  if (hint !== undefined) diagnostic.hint = hint;
  if (file !== undefined) diagnostic.file = file;
  if (fixes !== undefined && fixes.length > 0) diagnostic.fixes = fixes;
  return diagnostic;
}

/** The section of Docker's reference about an instruction. */
export function referenceUrl(instruction: string): string {
  return `https://docs.docker.com/reference/dockerfile/#${instruction}`;
}

/** Diagnostics in the order of the text; what is about another file comes last. Lists that are in order already, as
 * most are, stay as they are. */
export function inOrder(...lists: readonly (readonly Diagnostic[])[]): readonly Diagnostic[] {
  const filled = lists.filter((list) => list.length > 0);
  const all = filled.length === 1 ? (filled[0] ?? noNotes) : filled.flat();
  const isSorted = all.every(
    (diagnostic, index) => index === 0 || byPlace(all[index - 1] ?? diagnostic, diagnostic) <= 0,
  );
  return isSorted ? all : all.toSorted(byPlace);
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if ((a.file === undefined) !== (b.file === undefined)) return a.file === undefined ? -1 : 1;
  return a.span.start.offset - b.span.start.offset;
}
