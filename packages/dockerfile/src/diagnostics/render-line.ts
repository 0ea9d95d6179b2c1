import { cellWidth } from "./cell-width.js";
import { printableCharacter } from "./printable.js";
import type { SourceLine } from "./source-lines.js";

/** A line as it is shown, and the columns that carets go under. */
export interface RenderedLine {
  readonly text: string;
  /** Columns before the carets. */
  readonly caretStart: number;
  /** 0 for a line without marked characters. */
  readonly caretWidth: number;
}

/** What to show of a line: the columns that fit, and the offsets that are marked. */
export interface LineView {
  readonly line: SourceLine;
  readonly width: number;
  readonly markStart: number;
  readonly markEnd: number;
}

const tabWidth = 4;

/** Draws a line: tabs to columns of four, control characters made visible, cut with `…` around what is marked. */
export function renderLine(source: string, { line, width, markStart, markEnd }: LineView): RenderedLine {
  const isMarked = line.role === "marked";
  const from = isMarked ? windowStart(source, { line, width, markStart, markEnd }) : line.start;
  let text = from > line.start ? "…" : "";
  let column = text.length;
  let caretStart = -1;
  let caretEnd = 0;
  let offset = from;
  while (offset < line.end) {
    const character = String.fromCodePoint(source.codePointAt(offset) ?? 0);
    if (offset >= markStart && offset < Math.max(markEnd, markStart + 1) && caretStart < 0)
      caretStart = column;
    const cell = character === "\r" && offset === line.end - 1 ? "" : drawCell(character, column);
    const cells = cell === "" ? 0 : [...cell].reduce((sum, part) => sum + cellWidth(part), 0);
    if (column + cells > width - 1 && offset + character.length < line.end) {
      text += "…";
      break;
    }
    text += cell;
    column += cells;
    offset += character.length;
    if (offset <= markEnd) caretEnd = column;
  }
  if (!isMarked) return { text, caretStart: 0, caretWidth: 0 };
  const start = caretStart < 0 ? column : caretStart;
  return { text, caretStart: start, caretWidth: Math.max(1, caretEnd - start) };
}

function drawCell(character: string, column: number): string {
  if (character === "\t") return " ".repeat(tabWidth - (column % tabWidth));
  return printableCharacter(character);
}

/** The offset to begin at, so that the start of the mark is in view with a third of the width before it. */
function windowStart(source: string, { line, width, markStart }: LineView): number {
  const lead = Math.max(0, markStart - line.start);
  if (lead < width - 20) return line.start;
  const start = markStart - Math.floor(width / 3);
  const code = source.charCodeAt(start);
  return code >= 0xdc00 && code <= 0xdfff ? start + 1 : start;
}
