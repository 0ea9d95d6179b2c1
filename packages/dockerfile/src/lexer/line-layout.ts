import type { EscapeCharacter } from "../tree/ast.js";
import { findFlagWords } from "./flag-words.js";
import { findJsonStrings } from "./json-strings.js";
import { type Range, splitBlanks, splitQuoted } from "./split-words.js";
import { isBlank, isSpace, skipSpace, trimEndOffset } from "./white-space.js";

/** A range of a logical line and the item it belongs to. */
export interface LayoutRange {
  readonly kind: "keyword" | "flag" | "argument";
  readonly item: number;
  readonly range: Range;
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
  readonly badJson?: Range | undefined;
}

type ArgumentShape = "blanks" | "pairs" | "names" | "text" | "healthcheck";

const shapes: ReadonlyMap<string, { readonly shape: ArgumentShape; readonly json: "json" | "plain" }> =
  new Map([
    ["add", { shape: "blanks", json: "json" }],
    ["arg", { shape: "names", json: "plain" }],
    ["cmd", { shape: "text", json: "json" }],
    ["copy", { shape: "blanks", json: "json" }],
    ["entrypoint", { shape: "text", json: "json" }],
    ["env", { shape: "pairs", json: "plain" }],
    ["expose", { shape: "blanks", json: "plain" }],
    ["from", { shape: "blanks", json: "plain" }],
    ["healthcheck", { shape: "healthcheck", json: "json" }],
    ["label", { shape: "pairs", json: "plain" }],
    ["run", { shape: "text", json: "json" }],
    ["shell", { shape: "text", json: "json" }],
    ["volume", { shape: "blanks", json: "json" }],
  ]);

const otherShape = { shape: "text", json: "plain" } as const;

/** Divides a logical line. ONBUILD gives its keyword, its flags, then keyword, flags and arguments of the trigger. */
export function layOutLine(line: string, escapeCharacter: EscapeCharacter): LineLayout {
  const ranges: LayoutRange[] = [];
  const end = trimEndOffset(line, 0);
  let at = skipSpace(line, 0, end);
  let name: string | undefined;
  let innerName = "";
  let keywords = 0;
  let flagCount = 0;
  do {
    const keywordEnd = blankFrom(line, at, end);
    innerName = line.slice(at, keywordEnd).toLowerCase();
    name ??= innerName;
    ranges.push({ kind: "keyword", item: keywords, range: [at, keywordEnd] });
    keywords += 1;
    const words = findFlagWords(line, [keywordEnd, end], escapeCharacter);
    for (const range of words.flags) ranges.push({ kind: "flag", item: flagCount++, range });
    at = skipSpace(line, words.argumentsStart, end);
  } while (innerName === "onbuild" && at < end);
  const range: Range = [at, end];
  const { form, badJson } = layOutArguments({ line, innerName, escapeCharacter, ranges, range });
  return { name, innerName, form, ranges, badJson };
}

interface ArgumentsInput {
  readonly line: string;
  readonly innerName: string;
  readonly escapeCharacter: EscapeCharacter;
  readonly ranges: LayoutRange[];
  readonly range: Range;
}

/** Adds the ranges of the arguments. */
function layOutArguments(input: ArgumentsInput): Pick<LineLayout, "form" | "badJson"> {
  const { line, innerName, escapeCharacter, ranges } = input;
  const { shape, json } = shapes.get(innerName) ?? otherShape;
  const head = shape === "healthcheck" ? firstWord(line, input.range) : [];
  const range: Range = [skipSpace(line, head[0]?.[1] ?? input.range[0], input.range[1]), input.range[1]];
  const strings = json === "json" ? findJsonStrings(line, range) : { kind: "not-json" as const };
  const words =
    strings.kind === "strings" ? strings.ranges : splitArguments({ line, shape, escapeCharacter, range });
  let item = 0;
  for (const word of head) ranges.push({ kind: "argument", item: item++, range: word });
  for (const word of words) ranges.push({ kind: "argument", item: item++, range: word });
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

/** The range of the first word, none when there is nothing. */
function firstWord(line: string, [start, end]: Range): readonly Range[] {
  let at = start;
  while (at < end && !isSpace(line[at])) at += 1;
  return at > start ? [[start, at]] : [];
}

function blankFrom(line: string, start: number, end: number): number {
  let at = start;
  while (at < end && !isBlank(line[at])) at += 1;
  return at;
}
