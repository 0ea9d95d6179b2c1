/** Patterns of `${v#p}`, `${v%p}` and `${v/p/r}`: `*` is any characters of one line, `?` one of them, `\` escapes. */
type Token = { readonly character: string } | typeof any | typeof one;

const any = "any";
const one = "one";

/** `value` without the shortest or longest prefix that the pattern matches; undefined for an invalid pattern. */
export function trimPrefix(
  value: string,
  pattern: string,
  prefer: "shortest" | "longest",
): string | undefined {
  const tokens = parsePattern(pattern);
  return tokens === undefined ? undefined : trimStart([...value], tokens, prefer).join("");
}

/** `value` without the shortest or longest suffix that the pattern matches; undefined for an invalid pattern. */
export function trimSuffix(
  value: string,
  pattern: string,
  prefer: "shortest" | "longest",
): string | undefined {
  const tokens = parsePattern(pattern);
  if (tokens === undefined) return undefined;
  return trimStart([...value].reverse(), tokens.toReversed(), prefer)
    .reverse()
    .join("");
}

export interface Replacement {
  readonly pattern: string;
  readonly replacement: string;
  readonly which: "first" | "all";
}

/** `value` with matches replaced, leftmost and longest first; undefined for an invalid pattern.
 * Differs: a `$` in the replacement is an ordinary character also with `//`, where BuildKit takes it for a group. */
export function replacePattern(
  value: string,
  { pattern, replacement, which }: Replacement,
): string | undefined {
  const tokens = parsePattern(pattern);
  if (tokens === undefined) return undefined;
  const characters = [...value];
  const ends = matchEnds(characters, tokens, "longest");
  const out: string[] = [];
  let lastEnd = -1;
  let replaced = 0;
  for (let at = 0; at <= characters.length; ) {
    const end = which === "first" && replaced > 0 ? -1 : (ends[at] ?? -1);
    // An empty match right behind the last one is none.
    const isMatch = end > at || (end === at && at !== lastEnd);
    if (isMatch) {
      out.push(replacement);
      replaced += 1;
      lastEnd = end;
    }
    if (isMatch && end > at) at = end;
    else {
      out.push(characters[at] ?? "");
      at += 1;
    }
  }
  return out.join("");
}

/** The pattern as tokens; undefined when `\` stands before a character that needs no escape. */
function parsePattern(pattern: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    if (character === "*") {
      if (tokens.at(-1) !== any) tokens.push(any);
    } else if (character === "?") tokens.push(one);
    else if (character === "\\") {
      at += 1;
      const escaped = characters[at] ?? "";
      if (escaped === "" || !"*?\\}/".includes(escaped)) return undefined;
      tokens.push({ character: escaped });
    } else tokens.push({ character });
  }
  return tokens;
}

function trimStart(
  characters: readonly string[],
  tokens: readonly Token[],
  prefer: "shortest" | "longest",
): string[] {
  const end = matchEnds(characters, tokens, prefer)[0] ?? -1;
  return characters.slice(Math.max(end, 0));
}

/** For each offset where a match of the tokens beginning there ends, -1 without one. Works from the end of the text
 * to its start, so that it takes characters × tokens steps whatever the pattern. */
function matchEnds(
  characters: readonly string[],
  tokens: readonly Token[],
  prefer: "shortest" | "longest",
): Int32Array {
  const ends = new Int32Array(characters.length + 1);
  let next = new Int32Array(tokens.length + 1).fill(-1);
  for (let at = characters.length; at >= 0; at -= 1) {
    const here = new Int32Array(tokens.length + 1);
    here[tokens.length] = at;
    for (let index = tokens.length - 1; index >= 0; index -= 1) {
      here[index] = endFrom({
        token: tokens[index] ?? any,
        character: characters[at],
        here,
        next,
        index,
        prefer,
      });
    }
    ends[at] = here[0] ?? -1;
    next = here;
  }
  return ends;
}

interface Step {
  readonly token: Token;
  readonly character: string | undefined;
  readonly here: Int32Array;
  readonly next: Int32Array;
  readonly index: number;
  readonly prefer: "shortest" | "longest";
}

function endFrom({ token, character, here, next, index, prefer }: Step): number {
  const isInLine = character !== undefined && character !== "\n";
  if (token !== any) {
    const isMatch = token === one ? isInLine : character === token.character;
    return isMatch ? (next[index + 1] ?? -1) : -1;
  }
  const stop = here[index + 1] ?? -1;
  const go = isInLine ? (next[index] ?? -1) : -1;
  if (stop < 0 || go < 0) return Math.max(stop, go);
  return prefer === "shortest" ? Math.min(stop, go) : Math.max(stop, go);
}
