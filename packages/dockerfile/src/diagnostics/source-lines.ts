import type { Span } from "../tree/span.js";

/** One line of a source near a span, by offsets; its line break is not part of it. */
export interface SourceLine {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  readonly role: "context" | "marked";
}

/** Lines shown before and after the marked ones. */
const contextLines = 2;

/** Lines of one span that are shown; of a longer one, the first. */
const maxMarkedLines = 5;

/** The lines that a span touches, with two before and two after. Reads only these from the source. */
export function linesAround(source: string, span: Span): readonly SourceLine[] {
  const first = Math.min(span.start.offset - (span.start.column - 1), source.length);
  const before: SourceLine[] = [];
  let start = first;
  for (let number = span.start.line - 1; number > 0 && before.length < contextLines; number -= 1) {
    const end = start - 1;
    start = end <= 0 ? 0 : source.lastIndexOf("\n", end - 1) + 1;
    before.unshift({ number, start, end, role: "context" });
  }
  return [...before, ...linesFrom(source, { ...span, start: { ...span.start, offset: first } })];
}

/** The lines from the start of the span's first line on. */
function linesFrom(source: string, span: Span): readonly SourceLine[] {
  const lines: SourceLine[] = [];
  const isAtLineStart = span.end.column === 1 && span.end.line > span.start.line;
  const lastOfSpan = isAtLineStart ? span.end.line - 1 : span.end.line;
  const lastMarked = Math.min(lastOfSpan, span.start.line + maxMarkedLines - 1);
  let start = span.start.offset;
  for (let number = span.start.line; number <= lastMarked + contextLines; number += 1) {
    const newline = source.indexOf("\n", start);
    const end = newline < 0 ? source.length : newline;
    lines.push({ number, start, end, role: number <= lastMarked ? "marked" : "context" });
    start = end + 1;
    if (newline < 0 || (start >= source.length && number >= lastMarked)) break;
  }
  return lines;
}
