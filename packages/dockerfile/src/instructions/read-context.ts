import { type Finding, type Report, referenceUrl } from "../diagnostics/report.js";
import type { EscapeCharacter } from "../tree/ast.js";
import { type MappedText, spanOfMapped } from "../tree/mapped-text.js";
import type { Span } from "../tree/span.js";
import type { Heredoc, InstructionBase, Word } from "./instruction.js";

/** What the reader of one instruction gets. */
export interface ReadContext {
  /** Lower case. */
  readonly name: string;
  readonly base: InstructionBase;
  readonly flags: readonly MappedText[];
  readonly args: readonly MappedText[];
  readonly form: "json" | "plain";
  readonly heredocs: readonly Heredoc[];
  readonly escape: EscapeCharacter;
  readonly report: Report;
}

/** A word as written. */
export function toWord(mapped: MappedText): Word {
  return { text: mapped.text, span: spanOfMapped(mapped) };
}

/** What a reader says about a place; `docs` defaults to the instruction's section of the reference. */
export type ReadFinding = Omit<Finding, "span"> & { readonly span?: Span | undefined };

/** Reports about the instruction, by default about all of its first line. */
export function reportAt(context: ReadContext, finding: ReadFinding): void {
  context.report({
    docs: referenceUrl(context.name),
    ...finding,
    span: finding.span ?? context.base.keyword.span,
  });
}

/** The range of all arguments; the keyword's when there are none. */
export function argumentsSpan(context: ReadContext): Span {
  const first = context.args[0];
  const last = context.args.at(-1);
  if (first === undefined || last === undefined) return context.base.keyword.span;
  return { start: spanOfMapped(first).start, end: spanOfMapped(last).end };
}

/** The instruction's name as messages have it. */
export function upperName(context: ReadContext): string {
  return context.name.toUpperCase();
}
