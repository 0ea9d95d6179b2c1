import type { Environment, ExpandError, ExpandOptions } from "./expand-options.js";
import type { SplitWord } from "./word-splitter.js";

/** Longest result of one expansion, in UTF-16 code units; `ENV a=$a$a` doubles a value each time.
 * Differs: BuildKit has no limit of length. */
export const expansionMaxLength: number = 1024 * 1024;

/** Deepest nesting of `${a:-${b:-…}}`. Differs: BuildKit nests as deep as its stack. */
export const expansionMaxDepth = 100;

/** What a stretch of text became. */
export interface Expanded {
  readonly value: string;
  readonly words: readonly SplitWord[];
}

/** Expands up to `stop`, which is taken, or to the end of the text when `stop` is empty. */
type ExpandUntil = (expansion: Expansion, stop: string, escapes: "remove" | "keep") => Expanded;

/** The state of one expansion: a cursor over the text and what was seen so far. */
export interface Expansion {
  readonly text: string;
  readonly env: Environment;
  readonly escape: string;
  readonly quotes: "remove" | "keep" | "literal";
  readonly unset: "empty" | "keep";
  readonly used: Set<string>;
  readonly missing: Set<string>;
  /** How the words of operators are expanded; here, because the constructs contain each other. */
  readonly expandUntil: ExpandUntil;
  at: number;
  depth: number;
  length: number;
  /** Changes on the way: patterns keep their escapes. */
  escapes: "remove" | "keep";
  failure: ExpandError | undefined;
}

/** What an expansion starts from. */
export interface ExpansionStart {
  readonly text: string;
  readonly env: Environment;
  readonly options: ExpandOptions;
  readonly expandUntil: ExpandUntil;
}

/** The state before the first character. */
export function startExpansion({ text, env, options, expandUntil }: ExpansionStart): Expansion {
  return {
    text,
    env,
    expandUntil,
    escape: options.escape ?? "\\",
    quotes: options.quotes ?? "remove",
    unset: options.unset ?? "empty",
    used: new Set(),
    missing: new Set(),
    at: 0,
    depth: 0,
    length: 0,
    escapes: options.escapes ?? "remove",
    failure: undefined,
  };
}

/** The next character, a whole code point; empty at the end. */
export function peek(expansion: Expansion): string {
  const code = expansion.text.codePointAt(expansion.at) ?? 0;
  return code > 0xffff ? String.fromCodePoint(code) : (expansion.text[expansion.at] ?? "");
}

/** Takes the next character; empty at the end. */
export function take(expansion: Expansion): string {
  const character = peek(expansion);
  expansion.at += character.length;
  return character;
}

/** Ends the expansion with an error; the first one counts. Gives the empty text, so that callers can return it. */
export function fail(
  expansion: Expansion,
  message: string,
  rule: ExpandError["rule"] = "DOCKERFILE_BAD_SUBSTITUTION",
): "" {
  expansion.failure ??= { ok: false, rule, message, offset: Math.min(expansion.at, expansion.text.length) };
  return "";
}

/** Counts what goes into the result. */
export function grow(expansion: Expansion, characters: number): void {
  expansion.length += characters;
  if (expansion.length > expansionMaxLength) {
    fail(
      expansion,
      `expansion is longer than ${String(expansionMaxLength)} characters`,
      "DOCKERFILE_EXPANSION_TOO_LARGE",
    );
  }
}

/** The value of a variable, noted as used or missing. */
export function lookUp(expansion: Expansion, name: string): string | undefined {
  const value = expansion.env.get(name);
  (value === undefined ? expansion.missing : expansion.used).add(name);
  return value;
}
