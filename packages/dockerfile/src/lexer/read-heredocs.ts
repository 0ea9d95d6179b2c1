import type { HeredocPart, InstructionPart } from "../tree/ast.js";
import { type MappedText, spanWithin } from "../tree/mapped-text.js";
import type { Position, Span } from "../tree/span.js";
import { findHeredocWords, type HeredocWordAt } from "./heredoc-word.js";
import { mayBeTooLong } from "./line-limit.js";
import { cutLine, type Line, type LineReader, lineContentEnd, lineEnd, moveTo } from "./line-reader.js";

export interface HeredocSource {
  readonly mapped: MappedText;
  /** The parts of the line, which the here-documents are added to. */
  readonly parts: InstructionPart[];
  readonly reader: LineReader;
  /** Takes lines that may be too long; the others are not cut out. */
  readonly onLine: (line: Line) => void;
}

/** Reads the here-documents that a logical line asks for, one behind the other. The last one has an empty `end` when
 * the file ends in it. */
export function readHeredocs({ mapped, parts, reader, onLine }: HeredocSource): HeredocPart | undefined {
  const spanOf = spanFinder(mapped, parts);
  let last: HeredocPart | undefined;
  for (const word of findHeredocWords(mapped.text)) {
    const start = reader.position;
    const bodyEnd = skipBody(word, reader, onLine);
    const end = reader.position;
    const span = { start, end };
    last = {
      kind: "heredoc",
      span,
      text: reader.text.slice(start.offset, bodyEnd.offset),
      end: reader.text.slice(bodyEnd.offset, end.offset),
      bodySpan: bodyEnd === end ? span : { start, end: bodyEnd },
      wordSpan: spanOf(word),
      name: word.name,
      expand: word.expand,
      stripTabs: word.stripTabs,
      fileDescriptor: word.fileDescriptor,
    };
    parts.push(last);
    if (bodyEnd === end) break;
  }
  return last;
}

/** Finds the spans of words, in order. One that is a whole argument has the argument's span. */
function spanFinder(mapped: MappedText, parts: readonly InstructionPart[]): (word: HeredocWordAt) => Span {
  const length = parts.length;
  let index = 0;
  return ({ start, end }) => {
    if (mapped.more.length > 0) return spanWithin(mapped, start, end);
    const offset = mapped.first.offset + start;
    while (index < length && (parts[index]?.span.start.offset ?? offset) < offset) index += 1;
    const part = parts[index];
    const isSame = part?.span.start.offset === offset && part.text.length === end - start;
    return isSame ? part.span : spanWithin(mapped, start, end);
  };
}

/** Moves behind the line that ends a here-document and gives where this line begins; at the end of the text both are
 * the same position. */
function skipBody(word: HeredocWordAt, reader: LineReader, onLine: (line: Line) => void): Position {
  const { text, position: start } = reader;
  let lines = 0;
  for (let at = start.offset; at < text.length; lines += 1) {
    const end = lineEnd(text, at);
    if (mayBeTooLong(end - at)) onLine(cutLine(text, lineStart(start, lines, at), end));
    const from = word.stripTabs ? skipTabs(text, at) : at;
    if (lineContentEnd(text, from, end) - from === word.name.length && text.startsWith(word.name, from)) {
      moveTo(reader, end, lines + 1);
      return lineStart(start, lines, at);
    }
    at = end;
  }
  if (lines > 0) moveTo(reader, text.length, lines);
  return reader.position;
}

/** The start of the line that is some lines below another. */
function lineStart(first: Position, lines: number, offset: number): Position {
  return lines === 0 ? first : { offset, line: first.line + lines, column: 1 };
}

function skipTabs(text: string, start: number): number {
  let at = start;
  while (text[at] === "\t") at += 1;
  return at;
}
