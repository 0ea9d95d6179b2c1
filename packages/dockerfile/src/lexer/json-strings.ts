import type { Range } from "./split-words.js";
import { skipSpace } from "./white-space.js";

/** What the arguments of an instruction are as JSON. `not-strings` is an array that BuildKit refuses instead of
 * reading it as a shell command. */
export type JsonStrings =
  | { readonly kind: "strings"; readonly ranges: readonly Range[] }
  | { readonly kind: "not-strings" }
  | { readonly kind: "not-json" };

/** What most arguments are; one object for all. */
export const notJson: JsonStrings = { kind: "not-json" };

/** Reads the range as a JSON array of strings; each string's range has its quotes. */
export function findJsonStrings(line: string, [start, end]: Range): JsonStrings {
  const open = skipSpace(line, start, end);
  if (open >= end || line[open] !== "[") return notJson;
  const value = parseJson(line.slice(open, end));
  if (!Array.isArray(value)) return notJson;
  if (!value.every((item) => typeof item === "string")) return { kind: "not-strings" };
  return { kind: "strings", ranges: stringRanges(line, [open, end]) };
}

/** The text of a JSON string with its quotes. Escaped lone surrogates become U+FFFD, as in Go. */
export function decodeJsonString(literal: string): string {
  const value = parseJson(literal);
  return typeof value === "string" ? value.replace(loneSurrogate, "\uFFFD") : literal;
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The strings of an array that is known to hold nothing else. */
function stringRanges(line: string, [start, end]: Range): readonly Range[] {
  const ranges: Range[] = [];
  for (let at = start; at < end; at += 1) {
    if (line[at] !== '"') continue;
    const from = at;
    at += 1;
    while (at < end && line[at] !== '"') at += line[at] === "\\" ? 2 : 1;
    ranges.push([from, at + 1]);
  }
  return ranges;
}
