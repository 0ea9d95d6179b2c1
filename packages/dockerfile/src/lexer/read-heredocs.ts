import type { HeredocPart } from "../tree/ast.js";
import { type MappedText, spanWithin } from "../tree/mapped-text.js";
import type { Position } from "../tree/span.js";
import { findHeredocWords, type HeredocWordAt } from "./heredoc-word.js";
import { type Line, type LineReader, nextPosition, takeLine } from "./line-reader.js";

/** Reads the here-documents that a logical line asks for, one behind the other. `terminated` is false for the one
 * that the file ends in. */
export function readHeredocs(
  mapped: MappedText,
  reader: LineReader,
  onLine: (line: Line) => void,
): readonly { readonly part: HeredocPart; readonly isTerminated: boolean }[] {
  const heredocs = [];
  for (const word of findHeredocWords(mapped.text)) {
    const wordSpan = spanWithin(mapped, word.start, word.end);
    const body = readBody(word, reader, onLine);
    heredocs.push({
      isTerminated: body.isTerminated,
      part: {
        kind: "heredoc" as const,
        span: { start: body.start, end: nextPosition(reader) },
        text: body.text,
        end: body.end,
        bodySpan: { start: body.start, end: body.bodyEnd },
        wordSpan,
        name: word.name,
        expand: word.expand,
        stripTabs: word.stripTabs,
        fileDescriptor: word.fileDescriptor,
      },
    });
    if (!body.isTerminated) break;
  }
  return heredocs;
}

interface Body {
  readonly text: string;
  readonly end: string;
  readonly start: Position;
  readonly bodyEnd: Position;
  readonly isTerminated: boolean;
}

function readBody(word: HeredocWordAt, reader: LineReader, onLine: (line: Line) => void): Body {
  const start = nextPosition(reader);
  for (;;) {
    const line = takeLine(reader);
    const bodyEnd = line?.start ?? nextPosition(reader);
    if (line !== undefined) onLine(line);
    const isTerminated = line !== undefined && isTerminator(line, word);
    if (line !== undefined && !isTerminated) continue;
    const text = reader.text.slice(start.offset, bodyEnd.offset);
    const end = reader.text.slice(bodyEnd.offset, reader.offset);
    return { text, end, start, bodyEnd, isTerminated };
  }
}

function isTerminator(line: Line, word: HeredocWordAt): boolean {
  return (word.stripTabs ? line.text.replace(/^\t+/, "") : line.text) === word.name;
}
