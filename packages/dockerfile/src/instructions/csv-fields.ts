import type { Range } from "../lexer/split-words.js";
import { type MappedText, pickRanges, sliceMapped } from "../tree/mapped-text.js";

/** The fields of one line of comma-separated values, as Go's encoding/csv reads them; a problem's message and offset
 * otherwise. */
export type CsvFields =
  | { readonly ok: true; readonly fields: readonly MappedText[] }
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** Splits at commas; a field in double quotes may hold commas, and doubled quotes for one. */
export function readCsvFields(line: MappedText): CsvFields {
  if (line.text === "") return { ok: false, message: "has no options", offset: 0 };
  const fields: MappedText[] = [];
  let at = 0;
  for (;;) {
    const field = line.text[at] === '"' ? quotedField(line.text, at) : plainField(line.text, at);
    if (!field.ok) return field;
    fields.push(field.quoted ? pickRanges(line, field.ranges) : sliceMapped(line, at, field.end));
    if (field.end >= line.text.length) return { ok: true, fields };
    at = field.end + 1;
  }
}

type Field =
  | { readonly ok: true; readonly quoted: boolean; readonly ranges: readonly Range[]; readonly end: number }
  | { readonly ok: false; readonly message: string; readonly offset: number };

function plainField(text: string, start: number): Field {
  const comma = text.indexOf(",", start);
  const end = comma < 0 ? text.length : comma;
  const quote = text.slice(start, end).indexOf('"');
  if (quote >= 0)
    return { ok: false, message: "has a quote inside an unquoted option", offset: start + quote };
  return { ok: true, quoted: false, ranges: [], end };
}

function quotedField(text: string, start: number): Field {
  const ranges: Range[] = [];
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return { ok: false, message: "has an option without closing quote", offset: start };
    const isDoubled = text[quote + 1] === '"';
    ranges.push([from, isDoubled ? quote + 1 : quote]);
    from = quote + 2;
    if (isDoubled) continue;
    if (quote + 1 < text.length && text[quote + 1] !== ",") {
      return { ok: false, message: "has text behind a quoted option", offset: quote + 1 };
    }
    return { ok: true, quoted: true, ranges, end: quote + 1 };
  }
}
