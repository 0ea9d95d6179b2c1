import type { CheckRuleInfo } from "./check-rule.js";
import { ruleDescriptions } from "./rule-descriptions.js";
import { runnableRules } from "./runnable-rules.js";

/** The checks as data: BuildKit's 22 in its order, then those of this package. */
export const checkRules: readonly CheckRuleInfo[] = runnableRules.map(({ check: _check, ...info }) => ({
  ...info,
  description: ruleDescriptions[info.name],
}));
