import type { InstructionPart } from "../tree/ast.js";
import { advance } from "../tree/position.js";
import type { Position } from "../tree/span.js";
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
      let owner = layout[index];
      while (owner !== undefined && isBehind(owner, at)) {
        index += 1;
        owner = layout[index];
      }
      const [ownerStart, ownerEnd] = owner?.range ?? [pieceEnd, pieceEnd];
      const isGap = ownerStart > at;
      const stop = Math.min(isGap ? ownerStart : ownerEnd, pieceEnd);
      const text = line.slice(at, stop);
      if (isGap || owner === undefined) start = addGap(parts, text, start);
      else {
        const end = advance(start, text.length);
        parts.push({ kind: owner.kind, item: owner.item, span: { start, end }, text });
        start = end;
      }
      at = stop;
    }
    for (const trivia of piece.trivia) parts.push(trivia);
  }
}

/** Whether nothing of a range is left. */
function isBehind({ range: [start, end] }: LayoutRange, at: number): boolean {
  return end <= at || end <= start;
}

/** White space and what is not, in turn: ` -- [ ` is five parts. Gives the position behind them. */
function addGap(parts: InstructionPart[], gap: string, gapStart: Position): Position {
  let start = gapStart;
  for (let at = 0; at < gap.length; ) {
    const kind = isSpace(gap[at]) ? "space" : "punctuation";
    const from = at;
    while (at < gap.length && isSpace(gap[at]) === (kind === "space")) at += 1;
    const text = at - from === gap.length ? gap : gap.slice(from, at);
    const end = advance(start, text.length);
    parts.push({ kind, span: { start, end }, text });
    start = end;
  }
  return start;
}
