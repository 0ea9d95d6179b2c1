import type { EscapeCharacter } from "../tree/ast.js";

/** How a text becomes a word of an instruction. */
export interface QuoteOptions {
  /** The escape character of the file; `\` by default. */
  readonly escape?: EscapeCharacter | undefined;
  /** `literal` (default): a `$` is a `$`. `expand`: `$NAME` and `${…}` stay variables, with what escapes them. */
  readonly variables?: "literal" | "expand" | undefined;
}

const plainWord = /^(?!--)[\w@%+=:,./~^*?!-]+$/;

/** A text as one word for ENV, LABEL, ARG, WORKDIR and USER, in double quotes where it needs them: reading the word and
 * expanding it gives the text back.
 * @throws RangeError for a text with a line break, which no such word can hold */
export function quoteWord(text: string, options: QuoteOptions = {}): string {
  if (/[\n\r]/.test(text))
    throw new RangeError(`${JSON.stringify(text)} has a line break, which no word can hold`);
  return plainWord.test(text) ? text : `"${escapeCharacters(text, '"', options)}"`;
}

/** A text for words that quotes do not hold together: what expansion would read is escaped. COPY, ADD, VOLUME and JSON
 * arguments of them. */
export function escapeWord(text: string, options: QuoteOptions = {}): string {
  return escapeCharacters(text, "\"'", options);
}

/** A flag such as `--name=value`, quoted where it needs to be. Variables stay variables. */
export function quoteFlag(
  name: string,
  value: string | true,
  escapeCharacter: EscapeCharacter = "\\",
): string {
  if (value === true) return `--${name}`;
  if (/[\n\r]/.test(value))
    throw new RangeError(`the value of --${name} has a line break, which no flag can hold`);
  const escaped = value.replace(/['"\\`]/g, (character) =>
    character === "'" || character === '"' || character === escapeCharacter
      ? escapeCharacter + character
      : character,
  );
  return /^[\x21-\x7e]*$/.test(value) ? `--${name}=${escaped}` : `--${name}="${escaped}"`;
}

/** In texts with variables an escape character before `$` is one; all others are characters of the text. */
function escapeCharacters(text: string, marks: string, options: QuoteOptions): string {
  const { escape: mark = "\\", variables = "literal" } = options;
  const special = variables === "literal" ? `${marks}$${mark}` : marks + mark;
  let escaped = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    const isKept = variables === "expand" && character === mark && text[at + 1] === "$";
    escaped += special.includes(character) && !isKept ? mark + character : character;
  }
  return escaped;
}
