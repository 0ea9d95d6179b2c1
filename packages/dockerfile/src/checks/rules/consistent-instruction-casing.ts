import type { TextEdit } from "../../edit/text-edit.js";
import type { Instruction, Word } from "../../instructions/instruction.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import type { CheckFacts } from "../facts/check-facts.js";
import { isContiguous } from "../facts/variable-use.js";
import { asParts } from "./from-as-casing.js";

/** Keywords are all upper or all lower case, as most are. As in BuildKit, ARGs before the first FROM neither count nor
 * are checked, nor are the triggers of ONBUILD. */
export const consistentInstructionCasing: CheckRule = defineRule({
  name: "ConsistentInstructionCasing",
  check: (facts, report) => {
    const instructions: Instruction[] = [];
    for (const stage of facts.parsed.stages.stages) {
      instructions.push(stage.from);
      for (const instruction of stage.instructions) instructions.push(instruction);
    }
    const majority = findMajority(instructions);
    for (const instruction of instructions) {
      const { keyword } = instruction;
      const expected = majority === "lower" ? keyword.text.toLowerCase() : keyword.text.toUpperCase();
      if (keyword.text === expected) continue;
      report({
        owner: instruction,
        span: keyword.span,
        message: `${JSON.stringify(keyword.text)} is not in the letter case of most instructions, ${majority} case`,
        fixes: recase(facts, instruction, expected),
      });
    }
  },
});

function findMajority(instructions: readonly Instruction[]): "lower" | "upper" {
  let balance = 0;
  for (const { keyword } of instructions) {
    if (keyword.text === keyword.text.toLowerCase()) balance += 1;
    else if (keyword.text === keyword.text.toUpperCase()) balance -= 1;
  }
  return balance > 0 ? "lower" : "upper";
}

/** AS follows its FROM, else the fix would break FromAsCasing. */
function recase(
  facts: CheckFacts,
  instruction: Instruction,
  expected: string,
): readonly TextEdit[] | undefined {
  if (!isContiguous(instruction.keyword)) return undefined;
  const edits = [editOf(instruction.keyword, expected)];
  if (instruction.kind !== "from" || instruction.stageName === undefined) return edits;
  const isUpper = expected === expected.toUpperCase();
  const parts = asParts(facts, instruction);
  return [
    ...edits,
    ...parts.map((part) => editOf(part, isUpper ? part.text.toUpperCase() : part.text.toLowerCase())),
  ];
}

function editOf({ span }: Pick<Word, "span">, text: string): TextEdit {
  return { span, text };
}
