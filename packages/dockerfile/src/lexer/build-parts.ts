import type { InstructionPart } from "../tree/ast.js";
import { advance } from "../tree/position.js";
import type { Position } from "../tree/span.js";
import type { LayoutRange } from "./line-layout.js";
import type { LinePiece } from "./logical-line.js";
import { isSpace } from "./white-space.js";

/** A stretch of the logical line with one role. */
interface Stretch {
  readonly end: number;
  readonly owner: LayoutRange | undefined;
}

/** The parts of an instruction's lines: what the layout names, what stands between, and the trivia of the pieces. */
export function buildParts(
  line: string,
  pieces: readonly LinePiece[],
  layout: readonly LayoutRange[],
): InstructionPart[] {
  const stretches = toStretches(layout, line.length);
  const parts: InstructionPart[] = [];
  let at = 0;
  let index = 0;
  for (const piece of pieces) {
    const pieceEnd = at + piece.text.length;
    let start = piece.start;
    while (at < pieceEnd) {
      const stretch = stretches[index] ?? { end: line.length, owner: undefined };
      const stop = Math.min(stretch.end, pieceEnd);
      start = addParts(parts, { text: line.slice(at, stop), owner: stretch.owner, start });
      at = stop;
      if (at === stretch.end) index += 1;
    }
    for (const trivia of piece.trivia) parts.push(trivia);
  }
  return parts;
}

function toStretches(layout: readonly LayoutRange[], length: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let at = 0;
  for (const owner of layout) {
    const [start, end] = owner.range;
    if (end <= start) continue;
    if (start > at) stretches.push({ end: start, owner: undefined });
    stretches.push({ end, owner });
    at = end;
  }
  if (at < length) stretches.push({ end: length, owner: undefined });
  return stretches;
}

interface PartSource {
  readonly text: string;
  readonly owner: LayoutRange | undefined;
  readonly start: Position;
}

/** Gives the position behind the parts; neighbours share it. */
function addParts(parts: InstructionPart[], { text, owner, start }: PartSource): Position {
  if (owner === undefined) return addGap(parts, text, start);
  const end = advance(start, text.length);
  parts.push({ kind: owner.kind, item: owner.item, span: { start, end }, text });
  return end;
}

/** White space and what is not, in turn: ` -- [ ` is five parts. */
function addGap(parts: InstructionPart[], gap: string, gapStart: Position): Position {
  let start = gapStart;
  for (let at = 0; at < gap.length; ) {
    const kind = isSpace(gap[at]) ? "space" : "punctuation";
    const from = at;
    while (at < gap.length && isSpace(gap[at]) === (kind === "space")) at += 1;
    const text = gap.slice(from, at);
    const end = advance(start, text.length);
    parts.push({ kind, span: { start, end }, text });
    start = end;
  }
  return start;
}
