import { byteString, decodeRune, runeOf, runeSize } from "./byte-string.js";
import { type PatternChunk, type PatternToken, parseGoPattern } from "./parse-go-pattern.js";

/** A compiled pattern of Go's `path/filepath.Match`, for many names. */
export interface GoPattern {
  readonly source: string;
  matches(name: string): boolean;
}

/** Compiles a pattern of Go's `path/filepath.Match` with `/` as separator: `*` and `?` do not match `/`, `[a-z]` and
 * `[^a-z]` are classes (they do match `/`), `\` takes the next character as it is. The whole name must match.
 *
 * Differs: `\` escapes on every system; in Go it is the separator on Windows.
 * @throws OciBuildError PATTERN_INVALID where Go gives ErrBadPattern
 * @see https://pkg.go.dev/path/filepath@go1.23.0#Match */
export function compileGoPattern(pattern: string): GoPattern {
  const chunks = parseGoPattern(pattern);
  return { source: pattern, matches: (name) => matchChunks(chunks, byteString(name)) };
}

/** True when the whole name matches a pattern of Go's `path/filepath.Match`; see `compileGoPattern`.
 * @throws OciBuildError PATTERN_INVALID */
export function matchGoPath(pattern: string, name: string): boolean {
  return compileGoPattern(pattern).matches(name);
}

const noMatch = -1;
const slash = 0x2f;

/** Each chunk is taken at the first place where it fits; Go never goes back behind an earlier star. */
function matchChunks(chunks: readonly PatternChunk[], name: string): boolean {
  let at = 0;
  for (const [index, chunk] of chunks.entries()) {
    const isLast = index === chunks.length - 1;
    if (chunk.afterStar && chunk.tokens.length === 0) return !name.includes("/", at);
    at = placeChunk(chunk, name, at, isLast ? "to-the-end" : "anywhere");
    if (at === noMatch) return false;
  }
  return at === name.length;
}

/** Where the name goes on after the chunk. */
function placeChunk(
  chunk: PatternChunk,
  name: string,
  from: number,
  must: "to-the-end" | "anywhere",
): number {
  for (let start = from; ; start++) {
    const end = matchTokens(chunk.tokens, name, start);
    if (end !== noMatch && (must === "anywhere" || end === name.length)) return end;
    if (!chunk.afterStar || start >= name.length || name.charCodeAt(start) === slash) return noMatch;
  }
}

function matchTokens(tokens: readonly PatternToken[], name: string, start: number): number {
  let at = start;
  for (const token of tokens) {
    if (at >= name.length) return noMatch;
    const size = matchToken(token, name, at);
    if (size === 0) return noMatch;
    at += size;
  }
  return at;
}

/** How many bytes the token takes; 0 when it does not match. */
function matchToken(token: PatternToken, name: string, at: number): number {
  if (token.kind === "byte") return name.charCodeAt(at) === token.byte ? 1 : 0;
  const decoded = decodeRune(name, at);
  if (token.kind === "any") return name.charCodeAt(at) === slash ? 0 : runeSize(decoded);
  return token.negated === inRanges(token.ranges, runeOf(decoded)) ? 0 : runeSize(decoded);
}

function inRanges(ranges: readonly RuneRange[], rune: number): boolean {
  return ranges.some((range) => range.low <= rune && rune <= range.high);
}

type RuneRange = Extract<PatternToken, { kind: "class" }>["ranges"][number];
