import type { Word } from "../../instructions/instruction.js";
import { advance } from "../../tree/position.js";
import type { Span } from "../../tree/span.js";

/** Where a text reads a variable without an operator that has an answer for an unset one (`-`, `+`, `?`), as offsets
 * of the text; undefined when it never does. */
export function findPlainUse(text: string, name: string): readonly [start: number, end: number] | undefined {
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", at + 1)) {
    const isBraced = text[at + 1] === "{";
    const start = at + (isBraced ? 2 : 1);
    if (!text.startsWith(name, start)) continue;
    const end = start + name.length;
    if (continuesName(name, text[end])) continue;
    if (!isBraced) return [at, end];
    const operator = text[end] === ":" ? text[end + 1] : text[end];
    if (operator === "-" || operator === "+" || operator === "?") continue;
    return [at, text[end] === "}" ? end + 1 : end];
  }
  return undefined;
}

/** Special parameters have one character; nothing continues them. */
function continuesName(name: string, next: string | undefined): boolean {
  return next !== undefined && /^[\p{L}\p{Nd}_]/u.test(name) && /[\p{L}\p{Nd}_]/u.test(next);
}

/** Whether a word stands in the source as it is, so that offsets of its text are offsets of the source. */
export function isContiguous({ text, span }: Word): boolean {
  return span.start.line === span.end.line && span.end.offset - span.start.offset === text.length;
}

/** The source range of a part of a word; of the whole word when it is not contiguous. */
export function spanInWord(word: Word, start: number, end: number): Span {
  if (!isContiguous(word)) return word.span;
  return { start: advance(word.span.start, start), end: advance(word.span.start, end) };
}
