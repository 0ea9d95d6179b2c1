import type { FromInstruction, Word } from "../../instructions/instruction.js";
import { type CheckRule, defineRule, type ReportCheck } from "../check-rule.js";
import type { CheckFacts } from "../facts/check-facts.js";
import { variablePlaces } from "../facts/variable-use.js";
import type { ExpandedValue } from "../facts/word-expander.js";

/** FROM reads only ARGs from before the first FROM, and platform arguments.
 * Differs: a substitution with a default is not reported, such as `${name:-alpine}`. */
export const undefinedArgInFrom: CheckRule = defineRule({
  name: "UndefinedArgInFrom",
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

function reportMissing({ facts: { globals, suggest }, report, from, word, expanded }: Reading): void {
  if (expanded.missing.length === 0) return;
  const places = variablePlaces(word);
  for (const name of expanded.missing) {
    const span = places.get(name);
    if (globals.declared.has(name) || span === undefined) continue;
    const close = suggest(name, declaredNames(globals));
    report({
      owner: from,
      span,
      message: `FROM uses ${name}, which no ARG before the first FROM declares`,
      hint: close === undefined ? undefined : `Did you mean ${close}?`,
    });
  }
}

function* declaredNames({ declared, values }: CheckFacts["globals"]): Iterable<string> {
  yield* declared;
  yield* values.keys();
}
