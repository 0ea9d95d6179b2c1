import type { InstructionNode, InstructionPart } from "../tree/ast.js";
import type { FormatStyle } from "./format-style.js";
import type { LineToken } from "./line-tokens.js";

/** The text of a token: keywords in upper case, all else as it is. */
export function formatToken(node: InstructionNode, token: LineToken, style: FormatStyle): string {
  const text = joinParts(token.parts, style);
  return isKeyword(node, token) ? text.toUpperCase() : text;
}

/** AS of FROM, and CMD and NONE of HEALTHCHECK, are arguments of the tree. */
function isKeyword(node: InstructionNode, { kind, item }: LineToken): boolean {
  if (kind === "keyword") return true;
  return (
    kind === "argument" &&
    ((node.name === "from" && item === 1) || (node.name === "healthcheck" && item === 0))
  );
}

/** Parts as they are, but without empty lines, and without blanks behind escape characters and comments. */
export function joinParts(
  parts: readonly InstructionPart[],
  { escape: mark, lineBreak }: FormatStyle,
): string {
  return parts
    .map(({ kind, text }) => {
      if (kind === "continuation") return mark + lineBreak;
      if (kind === "comment") return text.trimEnd() + lineBreak;
      return kind === "blank" ? "" : text;
    })
    .join("");
}
