/** How one ignore pattern is compared with a path. `text` of a prefix or suffix is what the path must begin or end
 * with; `source` is in the syntax of Go's `regexp`. */
export type PatternForm =
  | { readonly kind: "exact"; readonly text: string }
  | { readonly kind: "prefix"; readonly text: string }
  | { readonly kind: "suffix"; readonly text: string }
  | { readonly kind: "expression"; readonly source: string };

type Kind = PatternForm["kind"];

interface Translation {
  readonly runes: readonly string[];
  at: number;
  source: string;
  kind: Kind;
}

/** What stands for itself in a pattern but not in a regular expression. `^` is not among them, as in moby. */
const escaped = new Set(".+()|{}$");

/** The form of a cleaned pattern, chosen as moby/patternmatcher does, with its shapes for plain texts.
 * @see https://github.com/moby/patternmatcher/blob/v0.6.0/patternmatcher.go */
export function patternForm(pattern: string): PatternForm {
  const state: Translation = { runes: [...pattern], at: 0, source: "^", kind: "exact" };
  while (state.at < state.runes.length) translateRune(state);
  if (state.kind === "prefix") return { kind: "prefix", text: pattern.slice(0, -2) };
  if (state.kind === "suffix") return { kind: "suffix", text: pattern.slice(2) };
  if (state.kind === "exact") return { kind: "exact", text: pattern };
  return { kind: "expression", source: `${state.source}$` };
}

function translateRune(state: Translation): void {
  const start = state.at;
  const rune = take(state);
  if (rune === "*" && peek(state) === "*") translateDoubleStar(state, start);
  else if (rune === "*") become(state, "expression", "[^/]*");
  else if (rune === "?") become(state, "expression", "[^/]");
  else if (rune === "\\") translateEscape(state);
  else if (rune === "[" || rune === "]") become(state, "expression", rune);
  else state.source += escaped.has(rune) ? `\\${rune}` : rune;
}

/** `**` with the slash behind it is any number of directories; at the end it is everything. */
function translateDoubleStar(state: Translation, start: number): void {
  state.at++;
  if (peek(state) === "/") state.at++;
  if (peek(state) !== undefined) become(state, "expression", "(.*/)?");
  else if (state.kind === "exact") state.kind = "prefix";
  else become(state, "expression", ".*");
  if (start === 0) state.kind = "suffix";
}

function translateEscape(state: Translation): void {
  const next = take(state);
  if (next === "") state.source += "\\";
  else become(state, "expression", `\\${next}`);
}

function become(state: Translation, kind: Kind, source: string): void {
  state.kind = kind;
  state.source += source;
}

function peek(state: Translation): string | undefined {
  return state.runes[state.at];
}

function take(state: Translation): string {
  return state.runes[state.at++] ?? "";
}
