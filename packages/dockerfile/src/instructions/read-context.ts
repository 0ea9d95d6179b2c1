import { type Finding, type Report, referenceUrl } from "../diagnostics/report.js";
import type { EscapeCharacter, InstructionNode } from "../tree/ast.js";
import { type MappedText, spanOfMapped } from "../tree/mapped-text.js";
import type { Span } from "../tree/span.js";
import type { Heredoc, InstructionBase, Word } from "./instruction.js";

/** What the reader of one instruction gets. */
export interface ReadContext {
  /** What the instruction stands in: for a trigger, its ONBUILD. */
  readonly node: InstructionNode;
  /** Lower case. */
  readonly name: string;
  /** Readers copy it by name: a spread before other fields costs a fifth of reading an instruction. */
  readonly base: InstructionBase;
  readonly flags: readonly MappedText[];
  readonly args: readonly MappedText[];
  /** The range of all arguments, JSON brackets included; the keyword's when there are none. */
  readonly argumentsSpan: Span;
  readonly form: "json" | "plain";
  readonly heredocs: readonly Heredoc[];
  readonly escape: EscapeCharacter;
  readonly report: Report;
  readonly unknown: ReportUnknown;
}

/** Reports a keyword that is none. */
export type ReportUnknown = (keyword: Word, report: Report) => undefined;

/** A word as written. */
export function toWord(mapped: MappedText): Word {
  return { text: mapped.text, span: spanOfMapped(mapped) };
}

/** What a reader says about a place; `docs` defaults to the instruction's section of the reference. */
export type ReadFinding = Omit<Finding, "span" | "notes" | "file" | "fixes"> & {
  readonly span?: Span | undefined;
};

/** Reports about the instruction, by default about all of its first line. */
export function reportAt(context: ReadContext, finding: ReadFinding): void {
  const { rule, severity, message, span = context.base.keyword.span, hint } = finding;
  context.report({ rule, severity, message, span, hint, docs: finding.docs ?? referenceUrl(context.name) });
}

/** `1 argument`, `2 arguments` */
export function countArguments(context: ReadContext): string {
  return `${String(context.args.length)} argument${context.args.length === 1 ? "" : "s"}`;
}

/** The instruction's name as messages have it. */
export function upperName(context: ReadContext): string {
  return context.name.toUpperCase();
}
