import type { DirectiveNode, EscapeCharacter } from "../tree/ast.js";
import { advance, spanOf } from "../tree/position.js";
import type { Line } from "./line-reader.js";
import type { Range } from "./split-words.js";

const knownDirectives: ReadonlySet<string> = new Set(["syntax", "escape", "check"]);

const heads: Readonly<Record<"#" | "//", RegExp>> = {
  "#": /^#[\t\n\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=/,
  "//": /^\/\/[\t\n\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=/,
};

/** The line as a parser directive; undefined for any other line, which also ends the search for directives.
 * `skipped` is the white space before the mark. */
export function readDirective(
  line: Line,
  skipped: number,
  mark: "#" | "//" = "#",
): DirectiveNode | undefined {
  const match = heads[mark].exec(line.text.slice(skipped));
  const name = match?.[1] ?? "";
  const valueRange = match === null ? undefined : trimValue(line.text, skipped + match[0].length);
  if (valueRange === undefined || !knownDirectives.has(name.toLowerCase())) return undefined;
  const [valueAt, valueEnd] = valueRange;
  const text = line.text + line.lineBreak;
  const nameAt = line.text.indexOf(name, skipped + 1);
  return {
    kind: "directive",
    span: spanOf(line.start, text.length),
    text,
    name: name.toLowerCase(),
    value: line.text.slice(valueAt, valueEnd),
    nameSpan: spanOf(advance(line.start, nameAt), name.length),
    valueSpan: spanOf(advance(line.start, valueAt), valueEnd - valueAt),
  };
}

/** The range of the value without white space around it. A value of nothing but white space is its last character,
 * as BuildKit reads it; no value at all is no directive. */
function trimValue(text: string, from: number): Range | undefined {
  if (from === text.length) return undefined;
  let start = from;
  let end = text.length;
  while (start < end - 1 && isDirectiveSpace(text[start])) start += 1;
  while (end > start + 1 && isDirectiveSpace(text[end - 1])) end -= 1;
  return [start, end];
}

function isDirectiveSpace(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\f" || character === "\r";
}

/** The escape character that a directive sets; undefined for a value that is none. */
export function escapeValue(directive: DirectiveNode): EscapeCharacter | undefined {
  return directive.value === "\\" || directive.value === "`" ? directive.value : undefined;
}
