import type { InstructionNode } from "../tree/ast.js";
import { type FormatStyle, indentation } from "./format-style.js";
import type { Gap, LineToken } from "./line-tokens.js";

/** How continuation lines begin: `indented` by the style; `kept` as written; `lines` as `indented`, each argument on a
 * line of its own. */
export type GapForm = "indented" | "kept" | "lines";

export interface GapSource {
  readonly token: LineToken;
  readonly previous: LineToken | undefined;
  readonly node: InstructionNode;
  readonly form: GapForm;
  readonly style: FormatStyle;
}

/** What stands between two tokens: a blank, nothing inside brackets, or the end of a line and the start of another. */
export function formatGap({ token, previous, node, form, style }: GapSource): string {
  const { gap, kind } = token;
  if (form === "kept" && kind === "argument" && previous?.kind === "argument" && !gap.isBroken)
    return gap.indent;
  const mayStartLine = !joinedText(token).startsWith("#");
  if (form === "lines" && kind === "argument" && token.item > 0 && mayStartLine)
    return brokenGap(gap, form, style);
  if (gap.isBroken) return brokenGap(gap, form, style);
  return node.form === "json" && isTight(token, previous) ? "" : " ";
}

function brokenGap(gap: Gap, form: GapForm, { escape: mark, lineBreak }: FormatStyle): string {
  const lines = gap.comments.map((text) => (form === "kept" ? text.trimEnd() : indentation + text.trim()));
  const indent = form === "kept" ? gap.indent : indentation;
  return ` ${[mark, ...lines].map((line) => line + lineBreak).join("")}${indent}`;
}

/** Inside an array only a comma has a blank behind it; before it stands one, also behind the CMD of HEALTHCHECK. */
function isTight(token: LineToken, previous: LineToken | undefined): boolean {
  if (previous === undefined) return false;
  if (previous.kind === "punctuation") return joinedText(previous).startsWith("[");
  return previous.kind === "argument" && token.kind === "punctuation" && !joinedText(token).startsWith("[");
}

function joinedText({ parts }: LineToken): string {
  return parts[0]?.text ?? "";
}
