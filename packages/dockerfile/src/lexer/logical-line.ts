import type { EscapeCharacter, TriviaPart } from "../tree/ast.js";
import { joinPieces, type MappedText, type Piece } from "../tree/mapped-text.js";
import { advance, spanOf } from "../tree/position.js";
import type { Position } from "../tree/span.js";
import { continuationOffset } from "./continuation.js";
import { type Line, type LineReader, takeLine } from "./line-reader.js";
import { skipSpace } from "./white-space.js";

/** A piece of an instruction's text and what follows it in the source before the next piece. */
export interface LinePiece extends Piece {
  readonly trivia: readonly TriviaPart[];
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
  const pieces: { text: string; start: Position; trivia: TriviaPart[] }[] = [];
  let skipped = skipSpace(first.text, 0);
  for (let line: Line | undefined = first; line !== undefined; line = takeLine(reader)) {
    if (line !== first) onLine(line);
    const dropped = line === first ? undefined : droppedKind(line);
    if (dropped !== undefined) {
      pieces.at(-1)?.trivia.push(wholeLine(dropped, line));
      continue;
    }
    const text = line.text.slice(skipped);
    const escapeAt = continuationOffset(text, escapeCharacter);
    const end = escapeAt < 0 ? text.length : escapeAt;
    const trivia = lineEnd(escapeAt < 0 ? "break" : "continuation", line, skipped + end);
    pieces.push({ text: text.slice(0, end), start: advance(line.start, skipped), trivia });
    if (escapeAt < 0) break;
    skipped = 0;
  }
  return { pieces, mapped: joinPieces(pieces, first.start) };
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

function lineEnd(kind: "break" | "continuation", line: Line, from: number): TriviaPart[] {
  const text = line.text.slice(from) + line.lineBreak;
  return text === "" ? [] : [{ kind, text, span: spanOf(advance(line.start, from), text.length) }];
}
