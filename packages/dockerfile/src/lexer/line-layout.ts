import type { EscapeCharacter } from "../tree/ast.js";
import { findFlagWords } from "./flag-words.js";
import { findJsonStrings, notJson } from "./json-strings.js";
import type { ArgumentShape, Keyword } from "./keyword.js";
import { type Range, splitBlanks, splitQuoted } from "./split-words.js";
import { isBlank, isSpace, skipSpace, trimEndOffset } from "./white-space.js";

/** A range of a logical line and the item it belongs to. */
export interface LayoutRange {
  readonly kind: "keyword" | "flag" | "argument";
  readonly item: number;
  readonly start: number;
  readonly end: number;
}

/** How a logical line divides into keyword, flags and arguments. Ranges are in order and do not overlap. */
export interface LineLayout {
  /** Lower case. */
  readonly name: string;
  /** The instruction that the line is about in the end: for ONBUILD the trigger. */
  readonly innerName: string;
  readonly form: "json" | "plain";
  readonly ranges: readonly LayoutRange[];
  /** A JSON array with something else than strings in it. */
  readonly badJson: Range | undefined;
}

/** What lines are divided with. */
export interface LayoutOptions {
  readonly escapeCharacter: EscapeCharacter;
  readonly keywordOf: (text: string) => Keyword;
}

/** Divides a logical line. ONBUILD gives its keyword, its flags, then keyword, flags and arguments of the trigger. */
export function layOutLine(line: string, { escapeCharacter, keywordOf }: LayoutOptions): LineLayout {
  const ranges: LayoutRange[] = [];
  const end = trimEndOffset(line, 0);
  let at = skipSpace(line, 0, end);
  let name: string | undefined;
  let keyword: Keyword;
  let keywords = 0;
  let flagCount = 0;
  do {
    const keywordEnd = blankFrom(line, at, end);
    keyword = keywordOf(line.slice(at, keywordEnd));
    name ??= keyword.name;
    ranges.push(toLayoutRange("keyword", keywords, [at, keywordEnd]));
    keywords += 1;
    const words = findFlagWords(line, [keywordEnd, end], escapeCharacter);
    for (const range of words.flags) ranges.push(toLayoutRange("flag", flagCount++, range));
    at = skipSpace(line, words.argumentsStart, end);
  } while (keyword.name === "onbuild" && at < end);
  const { form, badJson } = layOutArguments({ line, keyword, escapeCharacter, ranges, range: [at, end] });
  return { name, innerName: keyword.name, form, ranges, badJson };
}

function toLayoutRange(kind: LayoutRange["kind"], item: number, [start, end]: Range): LayoutRange {
  return { kind, item, start, end };
}

interface ArgumentsInput {
  readonly line: string;
  readonly keyword: Keyword;
  readonly escapeCharacter: EscapeCharacter;
  readonly ranges: LayoutRange[];
  readonly range: Range;
}

/** Adds the ranges of the arguments. */
function layOutArguments(input: ArgumentsInput): Pick<LineLayout, "form" | "badJson"> {
  const { line, escapeCharacter, ranges } = input;
  const { shape, json } = input.keyword;
  const head = shape === "healthcheck" ? firstWord(line, input.range) : undefined;
  const range: Range =
    head === undefined ? input.range : [skipSpace(line, head[1], input.range[1]), input.range[1]];
  const strings = json === "json" ? findJsonStrings(line, range) : notJson;
  const words =
    strings.kind === "strings" ? strings.ranges : splitArguments({ line, shape, escapeCharacter, range });
  let item = 0;
  if (head !== undefined) ranges.push(toLayoutRange("argument", item++, head));
  for (const word of words) ranges.push(toLayoutRange("argument", item++, word));
  return {
    form: strings.kind === "strings" ? "json" : "plain",
    badJson: strings.kind === "not-strings" ? range : undefined,
  };
}

interface SplitInput {
  readonly line: string;
  readonly shape: ArgumentShape;
  readonly escapeCharacter: EscapeCharacter;
  readonly range: Range;
}

function splitArguments({ line, shape, escapeCharacter, range }: SplitInput): readonly Range[] {
  const [start, end] = range;
  if (start >= end) return [];
  switch (shape) {
    case "blanks":
      return splitBlanks(line, start, end);
    case "names":
      return splitQuoted(line, range, escapeCharacter);
    case "pairs":
      return splitPairs(line, range, escapeCharacter);
    case "text":
    case "healthcheck":
      return [range];
  }
}

/** `key=value` words, or the old form of one key and the rest of the line, when the first word has no `=`. */
function splitPairs(line: string, range: Range, escapeCharacter: EscapeCharacter): readonly Range[] {
  const words = splitQuoted(line, range, escapeCharacter);
  const first = words[0];
  if (first === undefined || line.slice(...first).includes("=")) return words;
  const keyEnd = blankFrom(line, range[0], range[1]);
  let valueStart = keyEnd;
  while (valueStart < range[1] && isBlank(line[valueStart])) valueStart += 1;
  if (valueStart >= range[1]) return [[range[0], keyEnd]];
  return [
    [range[0], keyEnd],
    [valueStart, range[1]],
  ];
}

/** The range of the first word, undefined when there is nothing. */
function firstWord(line: string, [start, end]: Range): Range | undefined {
  let at = start;
  while (at < end && !isSpace(line[at])) at += 1;
  return at > start ? [start, at] : undefined;
}

function blankFrom(line: string, start: number, end: number): number {
  let at = start;
  while (at < end && !isBlank(line[at])) at += 1;
  return at;
}
