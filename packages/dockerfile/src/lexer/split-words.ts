import type { EscapeCharacter } from "../tree/ast.js";
import { isBlank, isSpace } from "./white-space.js";

/** A range of a logical line, from the first offset to before the second. */
export type Range = readonly [start: number, end: number];

/** Words separated by blanks, quotes meaning nothing: FROM, EXPOSE, and COPY, ADD, VOLUME without JSON. */
export function splitBlanks(line: string, start: number, end: number): readonly Range[] {
  const ranges: Range[] = [];
  let at = start;
  while (at < end) {
    while (at < end && isBlank(line[at])) at += 1;
    const from = at;
    while (at < end && !isBlank(line[at])) at += 1;
    if (at > from) ranges.push([from, at]);
  }
  return ranges;
}

interface WordScan {
  readonly line: string;
  readonly end: number;
  readonly escapeCharacter: EscapeCharacter;
}

/** Words separated by white space outside quotes, quotes and escapes kept: ENV, LABEL, ARG. An escape character that
 * ends the line belongs to no word. */
export function splitQuoted(
  line: string,
  [start, end]: Range,
  escapeCharacter: EscapeCharacter,
): readonly Range[] {
  const scan: WordScan = { line, end, escapeCharacter };
  const ranges: Range[] = [];
  let at = start;
  while (at < end) {
    while (at < end && isSpace(line[at])) at += 1;
    const stop = wordEnd(scan, at);
    if (stop === at) break;
    ranges.push([at, stop]);
    at = stop;
  }
  return ranges;
}

function wordEnd(scan: WordScan, start: number): number {
  let at = start;
  while (at < scan.end && !isSpace(scan.line[at])) {
    const character = scan.line[at];
    if (isLoneEscape(scan, at)) return at;
    if (character === "'" || character === '"') at = quoteEnd(scan, at, character);
    else at += character === scan.escapeCharacter ? 2 : 1;
  }
  return at;
}

/** The offset behind the closing quote; without one, the end of the line before a lone escape character. */
function quoteEnd(scan: WordScan, start: number, quote: string): number {
  let at = start + 1;
  while (at < scan.end) {
    const character = scan.line[at];
    if (character === quote) return at + 1;
    const isEscape = character === scan.escapeCharacter && quote !== "'";
    if (isEscape && isLoneEscape(scan, at)) return at;
    at += isEscape ? 2 : 1;
  }
  return at;
}

function isLoneEscape(scan: WordScan, at: number): boolean {
  return at + 1 === scan.end && scan.line[at] === scan.escapeCharacter;
}
