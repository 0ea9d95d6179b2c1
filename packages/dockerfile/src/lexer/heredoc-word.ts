import type { Environment } from "../expand/expand-options.js";
import { expandText } from "../expand/expand-word.js";
import type { SplitWord } from "../expand/word-splitter.js";

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
/** Most words; the others take longer. */
const plainPattern = /^<<\w+$/;
const quoteMarks = /['"]/g;

/** The here-documents of a logical line, in order. A line with an open quote or a bad `${}` has none, as in BuildKit;
 * the escape character is always `\` here. */
export function findHeredocWords(line: string): readonly HeredocWordAt[] {
  if (!line.includes("<<")) return [];
  const result = expandText(line, noVariables, { quotes: "keep", escapes: "keep", unset: "keep" });
  if (!result.ok) return [];
  const found: HeredocWordAt[] = [];
  for (const word of result.words) {
    const heredoc = readWord(word);
    if (heredoc !== undefined) found.push(heredoc);
  }
  return found;
}

/** The here-document that a word asks for; undefined for any other word. */
export function parseHeredocWord(word: string): HeredocWord | undefined {
  return readWord({ text: word, start: 0, end: word.length });
}

function readWord({ text, start, end }: SplitWord): HeredocWordAt | undefined {
  if (plainPattern.test(text))
    return { name: text.slice(2), fileDescriptor: 0, stripTabs: false, expand: true, start, end };
  if (!text.includes("<<")) return undefined;
  const match = pattern.exec(text);
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
    start,
    end,
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
