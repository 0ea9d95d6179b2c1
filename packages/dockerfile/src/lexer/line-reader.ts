import type { Position } from "../tree/span.js";

/** One line of the file. `text` lacks the line break and every `\r` before it; `lineBreak` is the rest. */
export interface Line {
  readonly text: string;
  readonly lineBreak: string;
  readonly start: Position;
}

/** Reads a text line by line. Only `\n` ends a line; a lone `\r` is an ordinary character. */
export interface LineReader {
  readonly text: string;
  offset: number;
  line: number;
  lineStart: number;
}

/** A reader at the start of a text. */
export function lineReader(text: string): LineReader {
  return { text, offset: 0, line: 1, lineStart: 0 };
}

/** Where the reader stands: the start of the next line, or the end of the text. */
export function nextPosition(reader: LineReader): Position {
  return { offset: reader.offset, line: reader.line, column: reader.offset - reader.lineStart + 1 };
}

/** Takes the next line, undefined at the end of the text. */
export function takeLine(reader: LineReader): Line | undefined {
  if (reader.offset >= reader.text.length) return undefined;
  const start = nextPosition(reader);
  const newline = reader.text.indexOf("\n", reader.offset);
  const end = newline < 0 ? reader.text.length : newline + 1;
  let contentEnd = end;
  while (contentEnd > reader.offset && isLineBreak(reader.text[contentEnd - 1])) contentEnd -= 1;
  const line = {
    text: reader.text.slice(reader.offset, contentEnd),
    lineBreak: reader.text.slice(contentEnd, end),
    start,
  };
  reader.offset = end;
  if (newline >= 0) {
    reader.line += 1;
    reader.lineStart = end;
  }
  return line;
}

function isLineBreak(character: string | undefined): boolean {
  return character === "\n" || character === "\r";
}
