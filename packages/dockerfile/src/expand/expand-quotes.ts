import { expandDollar } from "./expand-dollar.js";
import { type Expansion, fail, peek, take } from "./expansion.js";

/** Everything up to the next `'`, as it is; nothing escapes in here. */
export function expandSingleQuote(expansion: Expansion): string {
  const close = expansion.text.indexOf("'", expansion.at + 1);
  if (close < 0) return fail(expansion, "missing closing single quote", "DOCKERFILE_UNTERMINATED_QUOTE");
  const inner = expansion.text.slice(expansion.at + 1, close);
  expansion.at = close + 1;
  return expansion.quotes === "keep" ? `'${inner}'` : inner;
}

/** Everything up to the next `"`; variables are expanded, and `"`, `$` and the escape character can be escaped. */
export function expandDoubleQuote(expansion: Expansion): string {
  const mark = expansion.quotes === "keep" ? '"' : "";
  const start = expansion.at;
  take(expansion);
  let value = mark;
  while (expansion.failure === undefined) {
    const character = peek(expansion);
    if (character === "") {
      expansion.at = start;
      return fail(expansion, "missing closing double quote", "DOCKERFILE_UNTERMINATED_QUOTE");
    }
    if (character === "$") value += expandDollar(expansion);
    else {
      take(expansion);
      if (character === '"') return value + mark;
      value += character === expansion.escape ? quotedEscape(expansion) : character;
    }
  }
  return "";
}

/** An escape character before anything but `"`, `$` and itself is an ordinary character.
 * Differs: an ordinary one stays single where escapes are kept; BuildKit doubles it. */
function quotedEscape(expansion: Expansion): string {
  const kept = expansion.escapes === "keep" ? expansion.escape : "";
  const next = peek(expansion);
  if (next === "") return kept;
  if (next === '"' || next === "$" || next === expansion.escape) return kept + take(expansion);
  return expansion.escape;
}
