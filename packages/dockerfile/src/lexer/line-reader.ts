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
  /** The start of the next line, or the end of the text. What ends and what begins here share the object. */
  position: Position;
}

/** A reader at the start of a text. */
export function lineReader(text: string): LineReader {
  return { text, position: { offset: 0, line: 1, column: 1 } };
}

/** Takes the next line, undefined at the end of the text. */
export function takeLine(reader: LineReader): Line | undefined {
  const { text, position: start } = reader;
  if (start.offset >= text.length) return undefined;
  const end = lineEnd(text, start.offset);
  moveTo(reader, end, 1);
  return cutLine(text, start, end);
}

/** The line between its start and the start of the next one. */
export function cutLine(text: string, start: Position, end: number): Line {
  const contentEnd = lineContentEnd(text, start.offset, end);
  return { text: text.slice(start.offset, contentEnd), lineBreak: text.slice(contentEnd, end), start };
}

/** The offset behind the line that an offset is in, its line break included. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  return newline < 0 ? text.length : newline + 1;
}

/** The offset where a line's break begins, the `\r` before it included. */
export function lineContentEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isLineBreak(text[at - 1])) at -= 1;
  return at;
}

/** Moves the reader over some lines to the end of the last one. */
export function moveTo(reader: LineReader, offset: number, lines: number): void {
  const { text, position } = reader;
  // Only the last line of a text may lack its break.
  const isBroken = text[offset - 1] === "\n";
  const line = position.line + lines - (isBroken ? 0 : 1);
  const column = isBroken ? 1 : offset - text.lastIndexOf("\n", offset - 1);
  reader.position = { offset, line, column };
}

function isLineBreak(character: string | undefined): boolean {
  return character === "\n" || character === "\r";
}
