import type { EscapeCharacter } from "../tree/ast.js";
import type { Range } from "./split-words.js";
import { isSpace, skipSpace } from "./white-space.js";

/** The flags at the start of an instruction's text, and where its arguments begin. */
export interface FlagWords {
  readonly flags: readonly Range[];
  readonly argumentsStart: number;
}

/** Finds the words that begin with `--`, up to the first one that does not, or a `--` alone. */
export function findFlagWords(
  line: string,
  [start, end]: Range,
  escapeCharacter: EscapeCharacter,
): FlagWords {
  const flags: Range[] = [];
  let at = skipSpace(line, start, end);
  while (line.startsWith("--", at) && at + 2 <= end) {
    const stop = flagEnd(line, [at, end], escapeCharacter);
    if (line.slice(at, stop) === "--") return { flags, argumentsStart: stop };
    flags.push([at, stop]);
    at = skipSpace(line, stop, end);
  }
  return { flags, argumentsStart: at };
}

/** The end of the flag: white space outside quotes that no escape character precedes. */
function flagEnd(line: string, [start, end]: Range, escapeCharacter: EscapeCharacter): number {
  let quote = "";
  let at = start;
  while (at < end) {
    const character = line[at] ?? "";
    if (quote === "" && isSpace(character)) break;
    if (character === escapeCharacter) at += 1;
    else if (quote === "" && (character === "'" || character === '"')) quote = character;
    else if (character === quote) quote = "";
    at += 1;
  }
  return Math.min(at, end);
}

/** The ranges of a flag's text that are its meaning: quotes and escape characters are left out. Unlike in arguments,
 * an escape character works in single quotes, too. */
export function flagMeaning(text: string, escapeCharacter: EscapeCharacter): readonly Range[] {
  const ranges: Range[] = [];
  let quote = "";
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    const isQuote = quote === "" ? character === "'" || character === '"' : character === quote;
    if (!isQuote && character !== escapeCharacter) continue;
    if (at > from) ranges.push([from, at]);
    from = at + 1;
    if (isQuote) quote = quote === "" ? character : "";
    else at += 1;
  }
  if (text.length > from) ranges.push([from, text.length]);
  return ranges;
}
