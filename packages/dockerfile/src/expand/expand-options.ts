import type { EscapeCharacter } from "../tree/ast.js";

/** Where variables come from; a `Map` is one. undefined means unset, which is not the same as empty. */
export interface Environment {
  get(name: string): string | undefined;
}

/** How a text is expanded. */
export interface ExpandOptions {
  /** The escape character: the tree's `escape` for instructions, always `\` inside here-documents. `\` by default. */
  readonly escape?: EscapeCharacter | undefined;
  /** `remove` (default) for arguments of instructions; `keep` leaves quotes in the result though they still quote;
   * `literal` makes quotes ordinary characters, as in here-document bodies. */
  readonly quotes?: "remove" | "keep" | "literal" | undefined;
  /** `keep` leaves escape characters in the result; `remove` by default. */
  readonly escapes?: "remove" | "keep" | undefined;
  /** `keep` leaves references to unset variables as written; `empty` by default. */
  readonly unset?: "empty" | "keep" | undefined;
}

/** A text after expansion. */
export interface ExpandedWord {
  readonly ok: true;
  readonly value: string;
  /** Names of variables that were read and set, in order of first use. */
  readonly used: readonly string[];
  /** Names of variables that were read and not set, in order of first use. Special parameters such as `$1` count. */
  readonly missing: readonly string[];
}

/** A text after expansion and splitting at unquoted white space. */
export interface ExpandedWords {
  readonly ok: true;
  readonly words: readonly string[];
  readonly used: readonly string[];
  readonly missing: readonly string[];
}

/** Why a text cannot be expanded. `offset` is where in the text, in UTF-16 code units from 0. */
export interface ExpandError {
  readonly ok: false;
  readonly rule:
    | "DOCKERFILE_BAD_SUBSTITUTION"
    | "DOCKERFILE_UNTERMINATED_QUOTE"
    | "DOCKERFILE_VARIABLE_REQUIRED"
    | "DOCKERFILE_EXPANSION_TOO_LARGE";
  readonly message: string;
  readonly offset: number;
}
