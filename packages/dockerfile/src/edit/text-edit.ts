import type { Span } from "../tree/span.js";

/** One replacement in a text: what stands in `span` becomes `text`. An empty span inserts, an empty text deletes. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/** A text with edits applied, in any order given; only the offsets of the spans count. Edits must not overlap: of two
 * that do, the one that starts later is left out, as is one outside the text. Insertions at one place keep the order
 * they are given in and stand before what replaces the text there. Never throws. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = edits.toSorted(
    (a, b) => a.span.start.offset - b.span.start.offset || a.span.end.offset - b.span.end.offset,
  );
  const pieces: string[] = [];
  let at = 0;
  for (const { span, text: replacement } of sorted) {
    const start = span.start.offset;
    const end = span.end.offset;
    if (start < at || end < start || end > text.length) continue;
    pieces.push(text.slice(at, start), replacement);
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces.join("");
}
