import type { TextEdit } from "../../edit/text-edit.js";
import type { MaintainerInstruction } from "../../instructions/instruction.js";
import type { EscapeCharacter } from "../../tree/ast.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import { isContiguous } from "../facts/variable-use.js";

/** MAINTAINER is replaced by a label. */
export const maintainerDeprecated: CheckRule = defineRule({
  name: "MaintainerDeprecated",
  check: (facts, report) => {
    for (const { instruction } of facts.ofKind("maintainer")) {
      report({
        owner: instruction,
        span: instruction.keyword.span,
        message: "MAINTAINER is deprecated",
        hint: "Write LABEL org.opencontainers.image.authors=",
        fixes: toLabel(instruction, facts.parsed.ast.escape),
      });
    }
  },
});

/** Nothing in a MAINTAINER is expanded, so `$` and the escape character are escaped. Quotes around all of it, which
 * MAINTAINER takes as part of the name, are dropped. */
function toLabel(
  { keyword, name, span }: MaintainerInstruction,
  escapeCharacter: EscapeCharacter,
): readonly TextEdit[] | undefined {
  if (!isContiguous(keyword) || !isContiguous(name) || keyword.span.start.line !== name.span.start.line)
    return undefined;
  const text = /^(["'])(.*)\1$/.exec(name.text)?.[2] ?? name.text;
  const escaped = Array.from(text, (character) =>
    character === '"' || character === "$" || character === escapeCharacter
      ? escapeCharacter + character
      : character,
  ).join("");
  const label = keyword.text === keyword.text.toLowerCase() ? "label" : "LABEL";
  return [{ span, text: `${label} org.opencontainers.image.authors="${escaped}"` }];
}
