import { nearest } from "../../diagnostics/nearest.js";
import type { FromInstruction, Word } from "../../instructions/instruction.js";
import { type CheckRule, defineRule, type ReportCheck } from "../check-rule.js";
import type { CheckFacts } from "../facts/check-facts.js";
import { findPlainUse, spanInWord } from "../facts/variable-use.js";
import type { ExpandedValue } from "../facts/word-expander.js";

/** Most declared names that are searched for a similar one. */
const candidatesMax = 200;

/** FROM reads only ARGs from before the first FROM, and platform arguments.
 * Differs: a substitution with a default, such as `${name:-alpine}`, is not reported. */
export const undefinedArgInFrom: CheckRule = defineRule({
  name: "UndefinedArgInFrom",
  description: "FROM should use declared arguments",
  check: (facts, report) => {
    for (const { stage, image, platform } of facts.bases) {
      reportMissing({ facts, report, from: stage.from, word: stage.from.image, expanded: image });
      if (stage.from.platform === undefined || platform === undefined) continue;
      reportMissing({ facts, report, from: stage.from, word: stage.from.platform, expanded: platform });
    }
  },
});

interface Reading {
  readonly facts: CheckFacts;
  readonly report: ReportCheck;
  readonly from: FromInstruction;
  readonly word: Word;
  readonly expanded: ExpandedValue;
}

function reportMissing({ facts: { globals }, report, from, word, expanded }: Reading): void {
  for (const name of expanded.missing) {
    const use = findPlainUse(word.text, name);
    if (globals.declared.has(name) || use === undefined) continue;
    const names = [...globals.declared, ...globals.values.keys()].slice(0, candidatesMax);
    const close = name.length > 48 ? undefined : nearest(name, names);
    report({
      owner: from,
      span: spanInWord(word, ...use),
      message: `FROM uses ${name}, which no ARG before the first FROM declares`,
      hint: close === undefined ? undefined : `Did you mean ${close}?`,
    });
  }
}
