import { advance } from "./position.js";
import type { Position, Span } from "./span.js";

/** Characters of the text from `at` on stand in the source from `start` on, up to the next run. */
interface Run {
  readonly at: number;
  readonly start: Position;
}

/** A text put together from pieces of the source (continuations joined, quotes dropped) that still knows where each
 * character stands:
 *
 *     source   COPY a \⏎  b          first   at 0 → 1:1
 *     text     COPY a   b            more    at 7 → 2:1
 *
 * Slices share the runs, so cutting a line into words costs nothing per word. */
export interface MappedText {
  readonly text: string;
  /** Where `text` begins within the text that the runs describe. */
  readonly base: number;
  /** Where the text that the runs describe begins. */
  readonly first: Position;
  /** The runs behind the first. */
  readonly more: readonly Run[];
  /** The source range of all of `text`, where it is known already. */
  readonly span: Span | undefined;
}

/** One piece of source text; pieces never contain a line break. */
export interface Piece {
  readonly text: string;
  readonly start: Position;
}

/** What a text of one run has behind it; one array for all, and nothing fits into it. */
export const noRuns: never[] = [];

/** Joins pieces in order. Without pieces the text is empty and stands at `fallback`. */
export function joinPieces(pieces: readonly Piece[], fallback: Position): MappedText {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1)
    return { text: only.text, base: 0, first: only.start, more: noRuns, span: undefined };
  const runs: Run[] = [];
  let length = 0;
  for (const piece of pieces) {
    if (piece.text === "") continue;
    runs.push({ at: length, start: piece.start });
    length += piece.text.length;
  }
  const first = runs[0]?.start ?? pieces[0]?.start ?? fallback;
  const text = pieces.map((piece) => piece.text).join("");
  return { text, base: 0, first, more: runs.slice(1), span: undefined };
}

/** A part of a text, from `start` to before `end`. */
export function sliceMapped(mapped: MappedText, start: number, end: number = mapped.text.length): MappedText {
  const { first, more } = mapped;
  return { text: mapped.text.slice(start, end), base: mapped.base + start, first, more, span: undefined };
}

/** Where the character at `offset` stands in the source. */
function positionAt(mapped: MappedText, offset: number): Position {
  const target = mapped.base + offset;
  const run = mapped.more[runsUpTo(mapped, target) - 1];
  return run === undefined ? advance(mapped.first, target) : advance(run.start, target - run.at);
}

/** How many of the runs behind the first begin at an offset or before. */
function runsUpTo({ more }: MappedText, target: number): number {
  let low = 0;
  let high = more.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((more[middle]?.at ?? 0) <= target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The source range of the characters from `start` to before `end`; the end of a range that stops where a line was
 * continued is on the line of its last character. */
export function spanWithin(mapped: MappedText, start: number, end: number): Span {
  const from = positionAt(mapped, start);
  if (end <= start) return { start: from, end: from };
  if (mapped.more.length === 0) return { start: from, end: advance(from, end - start) };
  return { start: from, end: advance(positionAt(mapped, end - 1), 1) };
}

/** The source range of the whole text. */
export function spanOfMapped(mapped: MappedText): Span {
  return mapped.span ?? spanWithin(mapped, 0, mapped.text.length);
}

/** The text made of some of the characters, in order. */
export function pickRanges(mapped: MappedText, ranges: readonly (readonly [number, number])[]): MappedText {
  const [only] = ranges;
  if (only !== undefined && ranges.length === 1) return sliceMapped(mapped, only[0], only[1]);
  const pieces: Piece[] = [];
  for (const [start, end] of ranges) {
    for (let at = start; at < end; ) {
      const stop = Math.min(end, runEnd(mapped, at));
      pieces.push({ text: mapped.text.slice(at, stop), start: positionAt(mapped, at) });
      at = stop;
    }
  }
  return joinPieces(pieces, positionAt(mapped, 0));
}

/** The offset after the last character of the run that holds `offset`. */
function runEnd(mapped: MappedText, offset: number): number {
  const next = mapped.more[runsUpTo(mapped, mapped.base + offset)];
  return next === undefined ? mapped.text.length : next.at - mapped.base;
}
