import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import { toDiagnostic } from "../../diagnostics/report.js";
import type { Environment, ExpandError } from "../../expand/expand-options.js";
import { expandWord, expandWords } from "../../expand/expand-word.js";
import { mayChange } from "../../expand/may-change.js";
import type { Word } from "../../instructions/instruction.js";
import type { EscapeCharacter } from "../../tree/ast.js";
import { advance } from "../../tree/position.js";
import type { ExpandableText } from "./instruction-words.js";
import { isContiguous } from "./variable-use.js";

/** A word after expansion. `value` of one that cannot be expanded is its text. */
export interface ExpandedValue {
  readonly value: string;
  readonly used: readonly string[];
  readonly missing: readonly string[];
}

/** Expands words and collects those that cannot be. */
export interface WordExpander {
  readonly errors: Diagnostic[];
  readonly expand: (text: Word | ExpandableText, env: Environment) => ExpandedValue;
  /** As `expand`, split at blanks. */
  readonly split: (word: Word, env: Environment) => readonly string[];
}

/** These depend on the values of variables, of which checks know only some. */
const uncertainRules: ReadonlySet<string> = new Set([
  "DOCKERFILE_VARIABLE_REQUIRED",
  "DOCKERFILE_EXPANSION_TOO_LARGE",
]);

const noNames: readonly never[] = [];

/** What comes of a word that expansion leaves alone. */
export function unchanged({ text }: Word): ExpandedValue {
  return { value: text, used: noNames, missing: noNames };
}

/** A word expander for a Dockerfile with an escape character. */
export function wordExpander(escapeCharacter: EscapeCharacter): WordExpander {
  const errors: Diagnostic[] = [];
  const fail = (word: Word, error: ExpandError) => {
    if (!uncertainRules.has(error.rule)) errors.push(toError(word, error));
  };
  return {
    errors,
    expand: (word, env) => {
      if (!mayChange(word.text)) return unchanged(word);
      const isBody = "quotes" in word;
      const options = isBody
        ? ({ escape: "\\", quotes: "literal" } as const)
        : ({ escape: escapeCharacter } as const);
      const result = expandWord(word.text, env, options);
      if (result.ok) return result;
      fail(word, result);
      return unchanged(word);
    },
    split: (word, env) => {
      if (!mayChange(word.text)) return [word.text];
      const result = expandWords(word.text, env, { escape: escapeCharacter });
      if (result.ok) return result.words;
      fail(word, result);
      return [];
    },
  };
}

/** The place is from where expansion failed to the end of the word, if the word stands on one line. */
function toError(word: Word, { rule, message, offset }: ExpandError): Diagnostic {
  const isInside = isContiguous(word) && offset < word.text.length;
  const span = isInside ? { start: advance(word.span.start, offset), end: word.span.end } : word.span;
  return toDiagnostic({ rule, message, span });
}
