import type { InstructionPart } from "../../tree/ast.js";
import { spanOf } from "../../tree/position.js";
import { type CheckRule, defineRule } from "../check-rule.js";

/** No empty line stands inside a continued instruction. One finding for an instruction, as in BuildKit. */
export const noEmptyContinuation: CheckRule = defineRule({
  name: "NoEmptyContinuation",
  check: (facts, report) => {
    for (const node of facts.parsed.ast.children) {
      if (node.kind !== "instruction" || !node.parts.some(isBlank)) continue;
      const blanks = node.parts.filter(isBlank);
      const [first] = blanks;
      if (first === undefined) continue;
      report({
        owner: facts.instructionAt(node),
        span: withoutBreak(first),
        message: `the ${node.name.toUpperCase()} is continued over an empty line`,
        hint: "Delete the line, or end the instruction before it",
        fixes: blanks.map(({ span }) => ({ span, text: "" })),
      });
    }
  },
});

function isBlank(part: InstructionPart): boolean {
  return part.kind === "blank";
}

/** An empty line has nothing to mark but its break; the span ends before the next line. */
function withoutBreak({ span, text }: InstructionPart): InstructionPart["span"] {
  const width = text.replace(/[\r\n]+$/, "").length;
  return spanOf(span.start, width);
}
