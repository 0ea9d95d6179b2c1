import { quoted } from "../../diagnostics/quoted.js";
import type { FromInstruction } from "../../instructions/instruction.js";
import type { ItemPart } from "../../tree/ast.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import type { CheckFacts } from "../facts/check-facts.js";

/** AS is in the letter case of its FROM. A FROM of mixed case is left to ConsistentInstructionCasing. */
export const fromAsCasing: CheckRule = defineRule({
  name: "FromAsCasing",
  check: (facts, report) => {
    for (const { from: instruction } of facts.parsed.stages.stages) {
      if (instruction.stageName === undefined) continue;
      const keyword = instruction.keyword.text;
      const isLower = keyword === keyword.toLowerCase();
      if (!isLower && keyword !== keyword.toUpperCase()) continue;
      const recase = (text: string) => (isLower ? text.toLowerCase() : text.toUpperCase());
      const parts = asParts(facts, instruction);
      const text = parts.map((part) => part.text).join("");
      const [first] = parts;
      if (first === undefined || text === recase(text)) continue;
      report({
        owner: instruction,
        span: first.span,
        message: `${quoted(text)} is not in the letter case of ${quoted(keyword)}`,
        fixes: parts.map((part) => ({ span: part.span, text: recase(part.text) })),
      });
    }
  },
});

/** The pieces of AS, the second argument of FROM. */
export function asParts(facts: CheckFacts, from: FromInstruction): readonly ItemPart[] {
  const parts: ItemPart[] = [];
  for (const part of facts.nodeOf(from)?.parts ?? []) {
    if (part.kind === "argument" && part.item === 1) parts.push(part);
  }
  return parts;
}
