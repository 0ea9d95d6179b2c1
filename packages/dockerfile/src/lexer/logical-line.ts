import type { EscapeCharacter, TriviaPart } from "../tree/ast.js";
import { joinPieces, type MappedText, type Piece } from "../tree/mapped-text.js";
import { advance, spanOf } from "../tree/position.js";
import type { Position } from "../tree/span.js";
import { continuationOffset } from "./continuation.js";
import { type Line, type LineReader, takeLine } from "./line-reader.js";
import { skipSpace } from "./white-space.js";

/** A piece of an instruction's text and what follows it in the source before the next piece. */
export interface LinePiece extends Piece {
  readonly end: Position;
  readonly trivia: readonly TriviaPart[];
}

interface OpenPiece extends LinePiece {
  readonly trivia: TriviaPart[];
}

/** An instruction's lines joined into one. */
export interface LogicalLine {
  readonly pieces: readonly LinePiece[];
  readonly mapped: MappedText;
}

export interface LogicalLineSource {
  readonly first: Line;
  readonly reader: LineReader;
  readonly escapeCharacter: EscapeCharacter;
  readonly onLine: (line: Line) => void;
}

/** Reads the lines that `first` is continued on. Comment lines and empty lines in between are dropped from the text;
 * blanks at the start of a continuation line are kept. */
export function readLogicalLine({ first, reader, escapeCharacter, onLine }: LogicalLineSource): LogicalLine {
  let piece = cutPiece(first, skipSpace(first.text, 0), escapeCharacter);
  const pieces = [piece];
  while (piece.trivia[0]?.kind === "continuation") {
    const line = takeLine(reader);
    if (line === undefined) break;
    onLine(line);
    const dropped = droppedKind(line);
    if (dropped !== undefined) piece.trivia.push(wholeLine(dropped, line));
    else {
      piece = cutPiece(line, 0, escapeCharacter);
      pieces.push(piece);
    }
  }
  return { pieces, mapped: joinPieces(pieces, first.start) };
}

/** The text of a line from an offset on, without what continues it. */
function cutPiece(line: Line, from: number, escapeCharacter: EscapeCharacter): OpenPiece {
  const rest = line.text.slice(from);
  const escapeAt = continuationOffset(rest, escapeCharacter);
  const text = escapeAt < 0 ? rest : rest.slice(0, escapeAt);
  const start = advance(line.start, from);
  const end = advance(start, text.length);
  const tail = rest.slice(text.length) + line.lineBreak;
  const kind = escapeAt < 0 ? "break" : "continuation";
  const trivia: TriviaPart[] = tail === "" ? [] : [{ kind, text: tail, span: spanOf(end, tail.length) }];
  return { text, start, end, trivia };
}

/** What a line inside a continued instruction is dropped as; undefined for text. */
function droppedKind(line: Line): "comment" | "blank" | undefined {
  const at = skipSpace(line.text, 0);
  if (at === line.text.length) return "blank";
  return line.text[at] === "#" ? "comment" : undefined;
}

function wholeLine(kind: "comment" | "blank", line: Line): TriviaPart {
  const text = line.text + line.lineBreak;
  return { kind, text, span: spanOf(line.start, text.length) };
}
