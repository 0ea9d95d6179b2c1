import { quoted } from "../../diagnostics/quoted.js";
import { type CheckRule, defineRule } from "../check-rule.js";

const reservedNames: ReadonlySet<string> = new Set(["context", "scratch"]);

/** Names with a meaning of their own name no stage. */
export const reservedStageName: CheckRule = defineRule({
  name: "ReservedStageName",
  check: (facts, report) => {
    for (const { name, from } of facts.parsed.stages.stages) {
      if (name === undefined || from.stageName === undefined || !reservedNames.has(name)) continue;
      report({
        owner: from,
        span: from.stageName.span,
        message: `${quoted(name)} is reserved and should not name a stage`,
      });
    }
  },
});
