import { type Expansion, peek, take } from "./expansion.js";

/** The one-character parameters of POSIX shells; in a Dockerfile they are variables that are never set. */
const specialParameters = "@*#?-$!0";

const digit = /^\p{Nd}$/u;
const nameCharacter = /^[\p{L}\p{Nd}_]$/u;

/** Takes a variable name: letters, digits and `_`; or only digits; or one special parameter. Empty when there is
 * none. */
export function takeName(expansion: Expansion): string {
  const start = expansion.at;
  const first = peek(expansion);
  if (digit.test(first)) takeWhile(expansion, digit);
  else if (first !== "" && specialParameters.includes(first)) take(expansion);
  else takeWhile(expansion, nameCharacter);
  return expansion.text.slice(start, expansion.at);
}

function takeWhile(expansion: Expansion, pattern: RegExp): void {
  while (pattern.test(peek(expansion))) take(expansion);
}
