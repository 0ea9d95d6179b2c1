import { controlEscapes, perlClasses, posixClasses, unicodeCategories } from "./go-regexp-classes.js";
import { patternError } from "./pattern-error.js";

export type Assertion = "begin" | "end" | "word-boundary" | "no-word-boundary";

/** A regular expression as data. `content` is what stands between the brackets of a JavaScript class. */
export type RegexpNode =
  | { readonly kind: "set"; readonly negated: boolean; readonly content: string }
  | { readonly kind: "assert"; readonly assertion: Assertion }
  | { readonly kind: "group"; readonly nodes: readonly RegexpNode[] }
  | { readonly kind: "repeat"; readonly node: RegexpNode; readonly times: "any" | "at-most-once" };

interface Cursor {
  /** The ignore pattern, for messages. */
  readonly pattern: string;
  readonly runes: readonly string[];
  at: number;
}

/** Parses what `patternForm` can give of Go's `regexp` syntax: classes, escapes, one level of groups, `*` and `?`.
 * @throws OciBuildError PATTERN_INVALID where Go's compiler fails */
export function parseGoRegexp(source: string, pattern: string): readonly RegexpNode[] {
  const cursor: Cursor = { pattern, runes: [...source], at: 0 };
  return parseSequence(cursor);
}

function parseSequence(cursor: Cursor): readonly RegexpNode[] {
  const nodes: RegexpNode[] = [];
  while (cursor.at < cursor.runes.length && cursor.runes[cursor.at] !== ")") {
    for (const node of parseAtoms(cursor)) nodes.push(repeated(cursor, node));
  }
  return nodes;
}

function repeated(cursor: Cursor, node: RegexpNode): RegexpNode {
  const next = cursor.runes[cursor.at];
  if (next !== "*" && next !== "?") return node;
  cursor.at++;
  return { kind: "repeat", node, times: next === "*" ? "any" : "at-most-once" };
}

function parseAtoms(cursor: Cursor): readonly RegexpNode[] {
  const rune = take(cursor);
  if (rune === "^") return [{ kind: "assert", assertion: "begin" }];
  if (rune === "$") return [{ kind: "assert", assertion: "end" }];
  if (rune === ".") return [{ kind: "set", negated: true, content: "\\n" }];
  if (rune === "(") return [parseGroup(cursor)];
  if (rune === "[") return [parseClass(cursor)];
  if (rune === "\\") return parseEscape(cursor);
  return [literal(rune)];
}

function parseGroup(cursor: Cursor): RegexpNode {
  const nodes = parseSequence(cursor);
  cursor.at++;
  return { kind: "group", nodes };
}

function parseEscape(cursor: Cursor): readonly RegexpNode[] {
  const next = cursor.runes[cursor.at] ?? "";
  const assertion = assertions[next];
  if (assertion !== undefined) {
    cursor.at++;
    return [{ kind: "assert", assertion }];
  }
  if (next === "Q") return parseQuoted(cursor);
  return [{ kind: "set", negated: false, content: classEscape(cursor) }];
}

const assertions: Readonly<Record<string, Assertion | undefined>> = {
  A: "begin",
  z: "end",
  b: "word-boundary",
  B: "no-word-boundary",
};

/** `\Q` takes all as it stands up to `\E` or the end, the `$` that ends the pattern included. */
function parseQuoted(cursor: Cursor): readonly RegexpNode[] {
  const rest = cursor.runes.slice(cursor.at + 1);
  const end = rest.findIndex((rune, index) => rune === "\\" && rest[index + 1] === "E");
  const quoted = end < 0 ? rest : rest.slice(0, end);
  cursor.at += 1 + quoted.length + (end < 0 ? 0 : 2);
  return quoted.map(literal);
}

function parseClass(cursor: Cursor): RegexpNode {
  const negated = cursor.runes[cursor.at] === "^";
  if (negated) cursor.at++;
  let content = "";
  for (let first = true; first || cursor.runes[cursor.at] !== "]"; first = false) {
    if (cursor.at >= cursor.runes.length) throw patternError(cursor.pattern, 'a class has no closing "]"');
    content += parseClassItem(cursor);
  }
  cursor.at++;
  return { kind: "set", negated, content };
}

function parseClassItem(cursor: Cursor): string {
  const named = parseNamedClass(cursor);
  if (named !== undefined) return named;
  const low = classRune(cursor);
  if (typeof low === "string") return low;
  const hasRange = cursor.runes[cursor.at] === "-" && cursor.runes[cursor.at + 1] !== "]";
  if (!hasRange || cursor.at + 1 >= cursor.runes.length) return escapeRune(low);
  cursor.at++;
  const high = classRune(cursor);
  if (typeof high === "string" || high < low)
    throw patternError(cursor.pattern, "a range ends before it begins");
  return `${escapeRune(low)}-${escapeRune(high)}`;
}

/** `[:name:]` inside a class. Without a closing `:]` it is no name but characters. */
function parseNamedClass(cursor: Cursor): string | undefined {
  if (cursor.runes[cursor.at] !== "[" || cursor.runes[cursor.at + 1] !== ":") return undefined;
  const rest = cursor.runes.slice(cursor.at + 2).join("");
  const length = rest.indexOf(":]");
  if (length < 0) return undefined;
  const name = rest.slice(0, length);
  const content = posixClasses[name.startsWith("^") ? name.slice(1) : name];
  if (content === undefined) throw patternError(cursor.pattern, `no class has the name [:${name}:]`);
  cursor.at += 4 + [...name].length;
  return name.startsWith("^") ? complement(content) : content;
}

/** One character of a class as a code point, or the content of a class escape such as `\d`. */
function classRune(cursor: Cursor): number | string {
  const rune = take(cursor);
  if (rune !== "\\") return codePoint(rune);
  const content = classEscape(cursor);
  const single = /^\\u\{([0-9a-f]+)\}$/.exec(content)?.[1];
  return single === undefined ? content : Number.parseInt(single, 16);
}

/** What the escape at the cursor (behind its backslash) stands for, as the content of a class. */
function classEscape(cursor: Cursor): string {
  const letter = take(cursor);
  const perl = perlClasses[letter.toLowerCase()];
  if (perl !== undefined) return letter === letter.toLowerCase() ? perl : complement(perl);
  if (letter === "p" || letter === "P") return unicodeClass(cursor, letter);
  const control = controlEscapes[letter];
  if (control !== undefined) return escapeRune(control);
  if (letter === "x") return hexEscape(cursor);
  if (/^[0-7]$/.test(letter)) return octalEscape(cursor, letter);
  if (/^(?=\p{ASCII})[^0-9A-Za-z]$/u.test(letter)) return escapeRune(codePoint(letter));
  throw patternError(cursor.pattern, `"\\${letter}" is no escape`);
}

function unicodeClass(cursor: Cursor, letter: "p" | "P"): string {
  const category = take(cursor);
  if (category !== "" && unicodeCategories.includes(category)) return `\\${letter}{${category}}`;
  throw patternError(cursor.pattern, `"\\${letter}${category}" is no class of characters`);
}

function hexEscape(cursor: Cursor): string {
  const digits = take(cursor) + take(cursor);
  if (!/^[0-9A-Fa-f]{2}$/.test(digits)) throw patternError(cursor.pattern, `"\\x${digits}" is no escape`);
  return escapeRune(Number.parseInt(digits, 16));
}

/** Up to three octal digits. One digit but 0 would be a back reference, which Go does not have. */
function octalEscape(cursor: Cursor, first: string): string {
  let digits = first;
  while (digits.length < 3 && /^[0-7]$/.test(cursor.runes[cursor.at] ?? "")) digits += take(cursor);
  if (digits.length === 1 && first !== "0") throw patternError(cursor.pattern, `"\\${first}" is no escape`);
  return escapeRune(Number.parseInt(digits, 8));
}

/** The content of a class that holds all that `content` does not, through a negative class of JavaScript's own. */
function complement(content: string): string {
  const set = new RegExp(`[${content}]`, "u");
  const ranges: string[] = [];
  let low = 0;
  for (let rune = 0; rune <= 128; rune++) {
    const isMember = rune < 128 && set.test(String.fromCodePoint(rune));
    if (isMember && rune > low) ranges.push(`${escapeRune(low)}-${escapeRune(rune - 1)}`);
    if (isMember) low = rune + 1;
  }
  return `${ranges.join("")}${escapeRune(low)}-\\u{10ffff}`;
}

function literal(rune: string): RegexpNode {
  return { kind: "set", negated: false, content: escapeRune(codePoint(rune)) };
}

function escapeRune(rune: number): string {
  return `\\u{${rune.toString(16)}}`;
}

function codePoint(rune: string): number {
  return rune.codePointAt(0) ?? 0;
}

function take(cursor: Cursor): string {
  return cursor.runes[cursor.at++] ?? "";
}
