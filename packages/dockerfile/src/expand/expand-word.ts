import type {
  Environment,
  ExpandError,
  ExpandedWord,
  ExpandedWords,
  ExpandOptions,
} from "./expand-options.js";
import { expandUntil } from "./expand-until.js";
import { expansionMaxLength, startExpansion } from "./expansion.js";
import type { SplitWord } from "./word-splitter.js";

/** Expands the variables, quotes and escapes of a text, as BuildKit does for one argument of an instruction.
 * White space stays as it is. Understands `$v ${v}` and in braces `:-` `-` `:+` `+` `:?` `?` `#` `##` `%` `%%`
 * `/p/r` `//p/r`. Never throws; a text that cannot be expanded, or a `?` form that fails, gives an ExpandError.
 * @see https://docs.docker.com/reference/dockerfile/#environment-replacement */
export function expandWord(
  text: string,
  env: Environment,
  options: ExpandOptions = {},
): ExpandedWord | ExpandError {
  const result = expandText(text, env, options);
  if (!result.ok) return result;
  return { ok: true, value: result.value, used: result.used, missing: result.missing };
}

/** Expands a text and splits the result at unquoted white space, as BuildKit does for EXPOSE. An empty word, even a
 * quoted one, is dropped. White space from a variable's value separates, unless it stands in double quotes. */
export function expandWords(
  text: string,
  env: Environment,
  options: ExpandOptions = {},
): ExpandedWords | ExpandError {
  const result = expandText(text, env, options);
  if (!result.ok) return result;
  return {
    ok: true,
    words: result.words.map((word) => word.text),
    used: result.used,
    missing: result.missing,
  };
}

export interface ExpandedText {
  readonly ok: true;
  readonly value: string;
  readonly words: readonly SplitWord[];
  readonly used: readonly string[];
  readonly missing: readonly string[];
}

/** Most words hold nothing that means anything here. */
const plainWord = /^[\w./:@=,+%*?~^!#-]*$/;

/** Expands a text and tells where each word began. */
export function expandText(
  text: string,
  env: Environment,
  options: ExpandOptions,
): ExpandedText | ExpandError {
  if (plainWord.test(text) && text.length <= expansionMaxLength) {
    const words = [{ text, start: 0, end: text.length }];
    return { ok: true, value: text, words: text === "" ? [] : words, used: [], missing: [] };
  }
  const expansion = startExpansion({ text, env, options, expandUntil });
  const { value, words } = expandUntil(expansion, "", expansion.escapes);
  if (expansion.failure !== undefined) return expansion.failure;
  return { ok: true, value, words, used: [...expansion.used], missing: [...expansion.missing] };
}
