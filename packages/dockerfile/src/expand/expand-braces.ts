import { quoted } from "../diagnostics/quoted.js";
import { type Expansion, expansionMaxDepth, fail, lookUp, peek, take } from "./expansion.js";
import { replacePattern, trimPrefix, trimSuffix } from "./glob.js";
import { takeName } from "./variable-name.js";

/** `${name}` and its operators, from the `{` on. */
export function expandBraces(expansion: Expansion): string {
  take(expansion);
  const next = peek(expansion);
  if (next === "") return fail(expansion, "missing closing brace");
  if (next === "{" || next === "}" || next === ":") return badSubstitution(expansion);
  const name = takeName(expansion);
  expansion.depth += 1;
  const value =
    expansion.depth > expansionMaxDepth
      ? fail(expansion, "substitutions are nested too deep")
      : expandOperator(expansion, name);
  expansion.depth -= 1;
  return value;
}

function expandOperator(expansion: Expansion, name: string): string {
  const operator = take(expansion);
  switch (operator) {
    case "}":
      return lookUp(expansion, name) ?? (expansion.unset === "keep" ? `\${${name}}` : "");
    case ":":
      return expandModifier(expansion, name, `:${take(expansion)}`);
    case "+":
    case "-":
    case "?":
    case "#":
    case "%":
      return expandModifier(expansion, name, operator);
    case "/":
      return expandReplace(expansion, name);
    case "":
      return fail(expansion, "missing closing brace");
    default:
      return unsupported(expansion, operator);
  }
}

/** `:-`, `-`, `:+`, `+`, `:?`, `?`, `#`, `##`, `%`, `%%`; a colon makes the empty value count as unset. */
function expandModifier(expansion: Expansion, name: string, modifier: string): string {
  const operator = modifier.slice(-1);
  const isPattern = operator === "#" || operator === "%";
  const word = expansion.expandUntil(expansion, "}", isPattern ? "keep" : "remove").value;
  if (expansion.failure !== undefined) return "";
  const value = lookUp(expansion, name);
  if (value === undefined && expansion.unset === "keep") return `\${${name}${modifier}${word}}`;
  const isUnset = value === undefined || (modifier.startsWith(":") && value === "");
  switch (operator) {
    case "-":
      return isUnset ? word : value;
    case "+":
      return isUnset ? "" : word;
    case "?":
      return isUnset ? required(expansion, name, value, word) : value;
    case "#":
    case "%":
      return expandTrim(expansion, { operator, word, value: value ?? "" });
    default:
      return unsupported(expansion, modifier);
  }
}

interface Trim {
  readonly operator: "#" | "%";
  readonly word: string;
  readonly value: string;
}

function expandTrim(expansion: Expansion, { operator, word, value }: Trim): string {
  const isLongest = word.startsWith(operator);
  const pattern = isLongest ? word.slice(1) : word;
  const trim = operator === "#" ? trimPrefix : trimSuffix;
  return patternResult(expansion, pattern, trim(value, pattern, isLongest ? "longest" : "shortest"));
}

/** `${name/pattern/replacement}`, with `//` for every match. */
function expandReplace(expansion: Expansion, name: string): string {
  const isAll = peek(expansion) === "/";
  if (isAll) take(expansion);
  const pattern = expansion.expandUntil(expansion, "/", "keep").value;
  const replacement =
    expansion.failure === undefined ? expansion.expandUntil(expansion, "}", "keep").value : "";
  if (expansion.failure !== undefined) return "";
  const value = lookUp(expansion, name);
  // One slash even for `//`, as BuildKit puts it back.
  if (value === undefined && expansion.unset === "keep") return `\${${name}/${pattern}/${replacement}}`;
  const replaced = replacePattern(value ?? "", { pattern, replacement, which: isAll ? "all" : "first" });
  return patternResult(expansion, pattern, replaced);
}

function patternResult(expansion: Expansion, pattern: string, result: string | undefined): string {
  if (result !== undefined) return result;
  return fail(expansion, `invalid pattern ${quoted(pattern)}: '\\' escapes only '*', '?', '\\', '}' and '/'`);
}

function required(expansion: Expansion, name: string, value: string | undefined, word: string): string {
  const state = value === undefined ? "unset" : "empty";
  const message = word === "" ? `is not allowed to be ${state}` : word;
  return fail(expansion, `${name}: ${message}`, "DOCKERFILE_VARIABLE_REQUIRED");
}

function unsupported(expansion: Expansion, modifier: string): string {
  return fail(expansion, `unsupported modifier ${quoted(modifier)} in a substitution`);
}

function badSubstitution(expansion: Expansion): string {
  return fail(expansion, "bad substitution: no variable name after ${");
}
