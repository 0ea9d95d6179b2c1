import type { InstructionPart } from "../tree/ast.js";
import { advance, spanOf } from "../tree/position.js";
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
    const pieceStart = at;
    const pieceEnd = at + piece.text.length;
    while (at < pieceEnd) {
      const stretch = stretches[index] ?? { end: line.length, owner: undefined };
      const stop = Math.min(stretch.end, pieceEnd);
      const start = advance(piece.start, at - pieceStart);
      addParts(parts, { text: line.slice(at, stop), owner: stretch.owner, start });
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

function addParts(parts: InstructionPart[], { text, owner, start }: PartSource): void {
  if (owner === undefined) addGap(parts, text, start);
  else parts.push({ kind: owner.kind, item: owner.item, span: spanOf(start, text.length), text });
}

/** White space and what is not, in turn: ` -- [ ` is five parts. */
function addGap(parts: InstructionPart[], gap: string, start: Position): void {
  for (let at = 0; at < gap.length; ) {
    const kind = isSpace(gap[at]) ? "space" : "punctuation";
    const from = at;
    while (at < gap.length && isSpace(gap[at]) === (kind === "space")) at += 1;
    const text = gap.slice(from, at);
    parts.push({ kind, span: spanOf(advance(start, from), text.length), text });
  }
}
