import type { InstructionPart } from "../tree/ast.js";
import { advance } from "../tree/position.js";
import type { Span } from "../tree/span.js";
import type { LayoutRange } from "./line-layout.js";
import type { LinePiece } from "./logical-line.js";
import { isSpace } from "./white-space.js";

export interface PartsSource {
  /** The pieces joined. */
  readonly line: string;
  readonly pieces: readonly LinePiece[];
  /** What the line divides into, in order. */
  readonly layout: readonly LayoutRange[];
}

/** Adds the parts of an instruction's lines: what the layout names, what stands between, and the trivia of the
 * pieces. Neighbours share their positions. */
export function addParts(parts: InstructionPart[], { line, pieces, layout }: PartsSource): void {
  let at = 0;
  let index = 0;
  for (const piece of pieces) {
    const pieceEnd = at + piece.text.length;
    let start = piece.start;
    while (at < pieceEnd) {
      while (isBehind(layout[index], at)) index += 1;
      const owner = layout[index];
      const isGap = owner === undefined || owner.start > at;
      const stop = Math.min((isGap ? owner?.start : owner.end) ?? pieceEnd, pieceEnd);
      const end = stop === pieceEnd ? piece.end : advance(start, stop - at);
      if (isGap) addGap(parts, line.slice(at, stop), { start, end });
      else {
        const { kind, item } = owner;
        parts.push({ kind, item, span: { start, end }, text: line.slice(at, stop) });
      }
      start = end;
      at = stop;
    }
    for (const trivia of piece.trivia) parts.push(trivia);
  }
}

/** Whether nothing of a range is left. */
function isBehind(range: LayoutRange | undefined, at: number): boolean {
  return range !== undefined && (range.end <= at || range.end <= range.start);
}

/** White space and what is not, in turn: ` -- [ ` is five parts. */
function addGap(parts: InstructionPart[], gap: string, { start: gapStart, end: gapEnd }: Span): void {
  let start = gapStart;
  for (let at = 0; at < gap.length; ) {
    const kind = isSpace(gap[at]) ? "space" : "punctuation";
    const from = at;
    while (at < gap.length && isSpace(gap[at]) === (kind === "space")) at += 1;
    const end = at === gap.length ? gapEnd : advance(start, at - from);
    parts.push({ kind, span: { start, end }, text: gap.slice(from, at) });
    start = end;
  }
}
