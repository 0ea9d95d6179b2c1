import { byteString, decodeRune, runeOf, runeSize } from "./byte-string.js";
import { patternError } from "./pattern-error.js";

/** A range of code points, both ends included. A range whose ends are swapped is allowed and matches nothing. */
interface RuneRange {
  readonly low: number;
  readonly high: number;
}

export type PatternToken =
  | { readonly kind: "byte"; readonly byte: number }
  | { readonly kind: "any" }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly RuneRange[] };

/** What stands between two stars. */
export interface PatternChunk {
  readonly afterStar: boolean;
  readonly tokens: readonly PatternToken[];
}

interface Cursor {
  readonly source: string;
  readonly bytes: string;
  at: number;
}

/** Splits a pattern at its stars.
 * @throws OciBuildError PATTERN_INVALID */
export function parseGoPattern(pattern: string): readonly PatternChunk[] {
  const cursor: Cursor = { source: pattern, bytes: byteString(pattern), at: 0 };
  const chunks: PatternChunk[] = [];
  while (cursor.at < cursor.bytes.length) {
    const afterStar = skipStars(cursor);
    chunks.push({ afterStar, tokens: readTokens(cursor) });
  }
  return chunks;
}

function skipStars(cursor: Cursor): boolean {
  const start = cursor.at;
  while (peek(cursor) === "*") cursor.at++;
  return cursor.at > start;
}

function readTokens(cursor: Cursor): readonly PatternToken[] {
  const tokens: PatternToken[] = [];
  while (cursor.at < cursor.bytes.length && peek(cursor) !== "*") tokens.push(readToken(cursor));
  return tokens;
}

function readToken(cursor: Cursor): PatternToken {
  const first = take(cursor);
  if (first === "?") return { kind: "any" };
  if (first === "[") return readClass(cursor);
  if (first !== "\\") return { kind: "byte", byte: first.charCodeAt(0) };
  if (cursor.at >= cursor.bytes.length)
    throw patternError(cursor.source, "nothing follows the last backslash");
  return { kind: "byte", byte: take(cursor).charCodeAt(0) };
}

function readClass(cursor: Cursor): PatternToken {
  const negated = peek(cursor) === "^";
  if (negated) cursor.at++;
  const ranges: RuneRange[] = [];
  while (ranges.length === 0 || peek(cursor) !== "]") ranges.push(readRange(cursor));
  cursor.at++;
  return { kind: "class", negated, ranges };
}

function readRange(cursor: Cursor): RuneRange {
  const low = readClassRune(cursor);
  if (peek(cursor) !== "-") return { low, high: low };
  cursor.at++;
  return { low, high: readClassRune(cursor) };
}

/** One character of a class. A class never ends the pattern with one of these: its `]` is still to come. */
function readClassRune(cursor: Cursor): number {
  const next = peek(cursor);
  if (next === "-" || next === "]")
    throw patternError(cursor.source, `a class has "${next}" without a backslash`);
  if (next === "\\") cursor.at++;
  if (cursor.at >= cursor.bytes.length) throw unclosed(cursor);
  const decoded = decodeRune(cursor.bytes, cursor.at);
  const rune = runeOf(decoded);
  if (rune === 0xfffd && runeSize(decoded) === 1) throw patternError(cursor.source, "a class is not UTF-8");
  cursor.at += runeSize(decoded);
  if (cursor.at >= cursor.bytes.length) throw unclosed(cursor);
  return rune;
}

function unclosed(cursor: Cursor): Error {
  return patternError(cursor.source, 'a class has no closing "]"');
}

function peek(cursor: Cursor): string {
  return cursor.bytes.charAt(cursor.at);
}

function take(cursor: Cursor): string {
  return cursor.bytes.charAt(cursor.at++);
}
