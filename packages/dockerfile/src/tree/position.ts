import type { Position, Span } from "./span.js";

/** The position some characters further on the same line. */
export function advance(position: Position, characters: number): Position {
  if (characters === 0) return position;
  return {
    offset: position.offset + characters,
    line: position.line,
    column: position.column + characters,
  };
}

/** The span of some characters of one line. */
export function spanOf(start: Position, characters: number): Span {
  return { start, end: advance(start, characters) };
}

/** From where a span begins to an end that may be its own. */
export function spanTo(span: Span, end: Position): Span {
  return end === span.end ? span : { start: span.start, end };
}
