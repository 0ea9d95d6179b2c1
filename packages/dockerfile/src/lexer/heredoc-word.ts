import type { Environment } from "../expand/expand-options.js";
import { expandText } from "../expand/expand-word.js";

/** What `<<-"NAME"` asks for. */
export interface HeredocWord {
  readonly name: string;
  readonly fileDescriptor: number;
  readonly stripTabs: boolean;
  /** False when any part of the name is quoted. */
  readonly expand: boolean;
}

/** A here-document word and where in the line it stands. */
export interface HeredocWordAt extends HeredocWord {
  readonly start: number;
  readonly end: number;
}

const noVariables: Environment = { get: () => undefined };
const pattern = /^(\d*)<<(-?)[\t\n\f\r ]*([^<]*)$/;
const quoteMarks = /['"]/g;

/** The here-documents of a logical line, in order. A line with an open quote or a bad `${}` has none, as in BuildKit;
 * the escape character is always `\` here. */
export function findHeredocWords(line: string): readonly HeredocWordAt[] {
  if (!line.includes("<<")) return [];
  const result = expandText(line, noVariables, { quotes: "keep", escapes: "keep", unset: "keep" });
  if (!result.ok) return [];
  const found: HeredocWordAt[] = [];
  for (const word of result.words) {
    const heredoc = parseHeredocWord(word.text);
    if (heredoc !== undefined) found.push({ ...heredoc, start: word.start, end: word.end });
  }
  return found;
}

/** The here-document that a word asks for; undefined for any other word. */
export function parseHeredocWord(word: string): HeredocWord | undefined {
  if (!word.includes("<<")) return undefined;
  const match = pattern.exec(word);
  const [, digits = "", dash = "", rest = ""] = match ?? [];
  if (match === null || rest === "") return undefined;
  const terminator = readTerminator(rest);
  if (terminator === undefined) return undefined;
  const fileDescriptor = Number(digits);
  return {
    name: terminator.name,
    fileDescriptor: Number.isSafeInteger(fileDescriptor) ? fileDescriptor : Number.MAX_SAFE_INTEGER,
    stripTabs: dash === "-",
    expand: terminator.expand,
  };
}

function readTerminator(word: string): Pick<HeredocWord, "name" | "expand"> | undefined {
  if (/^\w+$/.test(word)) return { name: word, expand: true };
  const plain = expandText(word, noVariables, { unset: "keep" });
  const quoted = expandText(word, noVariables, { unset: "keep", quotes: "keep" });
  if (!plain.ok || !quoted.ok || plain.words.length !== 1) return undefined;
  const name = plain.words[0]?.text ?? "";
  return { name, expand: countQuotes(name) === countQuotes(quoted.words[0]?.text ?? "") };
}

function countQuotes(text: string): number {
  return text.match(quoteMarks)?.length ?? 0;
}
