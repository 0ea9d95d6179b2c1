import { expandDollar } from "./expand-dollar.js";
import { expandDoubleQuote, expandSingleQuote } from "./expand-quotes.js";
import { type Expanded, type Expansion, fail, grow, peek, take } from "./expansion.js";
import { addPlain, addWhole, finishWords, type WordSplitter, wordSplitter } from "./word-splitter.js";

/** Expands up to `stop`, which is taken, or to the end of the text when `stop` is empty. */
export function expandUntil(expansion: Expansion, stop: string, escapes: "remove" | "keep"): Expanded {
  const outer = expansion.escapes;
  expansion.escapes = escapes;
  const splitter = wordSplitter();
  let value = "";
  let stopped = false;
  while (expansion.failure === undefined && expansion.at < expansion.text.length) {
    if (stop !== "" && peek(expansion) === stop) {
      take(expansion);
      stopped = true;
      break;
    }
    const piece = expandNext(expansion, splitter);
    grow(expansion, piece.length);
    value += piece;
  }
  expansion.escapes = outer;
  if (stop !== "" && !stopped) fail(expansion, missing(stop));
  return { value, words: finishWords(splitter) };
}

function missing(stop: string): string {
  return stop === "/" ? "missing '/' behind the pattern" : "missing closing brace";
}

function expandNext(expansion: Expansion, splitter: WordSplitter): string {
  const start = expansion.at;
  const character = peek(expansion);
  if (character === "$") {
    const value = expandDollar(expansion);
    addPlain(splitter, value, start, expansion.at);
    return value;
  }
  if (character === "<") return expandHeredocMark(expansion, splitter);
  if (expansion.quotes !== "literal" && (character === "'" || character === '"')) {
    const value = character === "'" ? expandSingleQuote(expansion) : expandDoubleQuote(expansion);
    addWhole(splitter, value, start, expansion.at);
    return value;
  }
  const run = takeRun(expansion);
  if (run !== "") {
    addWhole(splitter, run, start, expansion.at);
    return run;
  }
  take(expansion);
  if (character === expansion.escape) return expandEscape(expansion, splitter, start);
  addPlain(splitter, character, start, expansion.at);
  return character;
}

/** Takes letters, digits and underscores, which mean nothing outside of variables and end nothing. */
function takeRun(expansion: Expansion): string {
  const start = expansion.at;
  while (isWordCode(expansion.text.charCodeAt(expansion.at))) expansion.at += 1;
  return expansion.text.slice(start, expansion.at);
}

function isWordCode(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f;
}

/** An escape character takes the next one as it is; at the end of the text it is dropped. */
function expandEscape(expansion: Expansion, splitter: WordSplitter, start: number): string {
  const kept = expansion.escapes === "keep" ? expansion.escape : "";
  const value = kept + take(expansion);
  if (value !== "") addWhole(splitter, value, start, expansion.at);
  return value;
}

/** `<<` keeps the blanks behind it in its word, so that `<< EOF` is one. */
function expandHeredocMark(expansion: Expansion, splitter: WordSplitter): string {
  const start = expansion.at;
  take(expansion);
  if (peek(expansion) === "<") {
    take(expansion);
    while (isHeredocBlank(peek(expansion))) take(expansion);
  }
  const value = expansion.text.slice(start, expansion.at);
  addWhole(splitter, value, start, expansion.at);
  return value;
}

function isHeredocBlank(character: string): boolean {
  return character === " " || character === "\t" || character === "\r";
}
