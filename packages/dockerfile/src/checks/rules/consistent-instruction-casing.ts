import { quoted } from "../../diagnostics/quoted.js";
import type { TextEdit } from "../../edit/text-edit.js";
import type { Instruction } from "../../instructions/instruction.js";
import { remember } from "../../remember.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import type { CheckFacts } from "../facts/check-facts.js";
import { isContiguous } from "../facts/variable-use.js";
import { asParts } from "./from-as-casing.js";

/** Keywords are all upper or all lower case, as most are. As in BuildKit, ARGs before the first FROM neither count nor
 * are checked, nor are the triggers of ONBUILD. */
export const consistentInstructionCasing: CheckRule = defineRule({
  name: "ConsistentInstructionCasing",
  check: (facts, report) => {
    const instructions = facts.parsed.stages.stages.flatMap(({ from, instructions: own }) => [from, ...own]);
    const majority = findMajority(instructions);
    const explain = remember((keyword) => ({
      expected: majority === "lower" ? keyword.toLowerCase() : keyword.toUpperCase(),
      message: `${quoted(keyword)} is not in the letter case of most instructions, ${majority} case`,
    }));
    for (const instruction of instructions) {
      const { text, span } = instruction.keyword;
      const { expected, message } = explain(text);
      if (text !== expected)
        report({ owner: instruction, span, message, fixes: recase(facts, instruction, majority) });
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
  majority: "lower" | "upper",
): readonly TextEdit[] | undefined {
  const { keyword } = instruction;
  if (!isContiguous(keyword)) return undefined;
  const isNamed = instruction.kind === "from" && instruction.stageName !== undefined;
  const words = isNamed ? [keyword, ...asParts(facts, instruction)] : [keyword];
  return words.map(({ span, text }) => ({
    span,
    text: majority === "lower" ? text.toLowerCase() : text.toUpperCase(),
  }));
}
