import { quoted } from "../../diagnostics/quoted.js";
import type { Word } from "../../instructions/instruction.js";
import { type CheckRule, defineRule } from "../check-rule.js";

/** A stage's name is its own; letter case does not count. */
export const duplicateStageName: CheckRule = defineRule({
  name: "DuplicateStageName",
  check: (facts, report) => {
    const seen = new Map<string, Word>();
    for (const { name, from } of facts.parsed.stages.stages) {
      if (name === undefined || from.stageName === undefined) continue;
      const earlier = seen.get(name);
      if (earlier === undefined) {
        seen.set(name, from.stageName);
        continue;
      }
      report({
        owner: from,
        span: from.stageName.span,
        message: `there is already a stage ${quoted(name)}`,
        notes: [{ message: "the first one is here", span: earlier.span }],
      });
    }
  },
});
