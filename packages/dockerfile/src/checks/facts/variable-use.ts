import type { Word } from "../../instructions/instruction.js";
import { advance } from "../../tree/position.js";
import type { Span } from "../../tree/span.js";

/** Where the variables of a text are read. */
export type VariablePlaces = ReadonlyMap<string, Span>;

const reference = /\$(\{)?(\p{Nd}+|[\p{L}_][\p{L}\p{Nd}_]*|[@*#?$!-])/gu;
const testOperators: ReadonlySet<string> = new Set(["-", "+", "?"]);

/** The first place of each variable that a word reads without an operator that has an answer for an unset one (`-`,
 * `+`, `?`). One scan for all variables. A word that stands in pieces in the source is one place. */
export function variablePlaces(word: Word): VariablePlaces {
  const { text, span } = word;
  const isVerbatim = span.end.offset - span.start.offset === text.length;
  const places = new Map<string, Span>();
  let line = 0;
  let lineStart = 0;
  let lineEnd = endOfLine(text, 0);
  for (const match of text.matchAll(reference)) {
    const [matched, brace, name = ""] = match;
    const after = match.index + matched.length;
    if (places.has(name) || (brace !== undefined && isTested(text, after))) continue;
    const end = brace !== undefined && text[after] === "}" ? after + 1 : after;
    for (; lineEnd < match.index; lineEnd = endOfLine(text, lineStart)) {
      line += 1;
      lineStart = lineEnd + 1;
    }
    const column = line === 0 ? span.start.column + match.index : match.index - lineStart + 1;
    const start = { offset: span.start.offset + match.index, line: span.start.line + line, column };
    places.set(name, isVerbatim ? { start, end: advance(start, end - match.index) } : span);
  }
  return places;
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at < 0 ? text.length : at;
}

function isTested(text: string, at: number): boolean {
  return testOperators.has(text.charAt(text[at] === ":" ? at + 1 : at));
}

/** Whether a word stands on one line of the source as it is, so that offsets of its text are offsets of the source. */
export function isContiguous({ text, span }: Word): boolean {
  return span.start.line === span.end.line && span.end.offset - span.start.offset === text.length;
}
