import { expandBraces } from "./expand-braces.js";
import { type Expansion, lookUp, peek, take } from "./expansion.js";
import { takeName } from "./variable-name.js";

/** `$name`, `${…}`, or a plain `$` where no name follows. */
export function expandDollar(expansion: Expansion): string {
  take(expansion);
  if (peek(expansion) === "{") return expandBraces(expansion);
  const name = takeName(expansion);
  if (name === "") return "$";
  return lookUp(expansion, name) ?? (expansion.unset === "keep" ? `$${name}` : "");
}
