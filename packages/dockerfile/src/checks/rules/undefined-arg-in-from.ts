import { didYouMean } from "../../diagnostics/did-you-mean.js";
import type { FromInstruction, Word } from "../../instructions/instruction.js";
import { remember } from "../../remember.js";
import { type CheckRule, defineRule, type ReportCheck } from "../check-rule.js";
import type { CheckFacts } from "../facts/check-facts.js";
import { variablePlaces } from "../facts/variable-use.js";
import type { ExpandedValue } from "../facts/word-expander.js";

/** FROM reads only ARGs from before the first FROM, and platform arguments.
 * Differs: a substitution with a default is not reported, such as `${name:-alpine}`. */
export const undefinedArgInFrom: CheckRule = defineRule({
  name: "UndefinedArgInFrom",
  check: (facts, report) => {
    const explain = remember((name) => ({
      message: `FROM uses ${name}, which no ARG before the first FROM declares`,
    }));
    for (const { stage, image, platform } of facts.bases) {
      const { from } = stage;
      reportMissing({ facts, report, explain, from, word: from.image, expanded: image });
      if (from.platform === undefined || platform === undefined) continue;
      reportMissing({ facts, report, explain, from, word: from.platform, expanded: platform });
    }
  },
});

interface Reading {
  readonly facts: CheckFacts;
  readonly report: ReportCheck;
  readonly explain: (name: string) => { readonly message: string };
  readonly from: FromInstruction;
  readonly word: Word;
  readonly expanded: ExpandedValue;
}

function reportMissing({
  facts: { globals, suggest },
  report,
  explain,
  from,
  word,
  expanded,
}: Reading): void {
  if (expanded.missing.length === 0) return;
  const places = variablePlaces(word);
  for (const name of expanded.missing) {
    const span = places.get(name);
    if (globals.declared.has(name) || span === undefined) continue;
    const close = suggest(name, declaredNames(globals));
    report({
      owner: from,
      span,
      message: explain(name).message,
      hint: didYouMean(close),
    });
  }
}

function* declaredNames({ declared, values }: CheckFacts["globals"]): Iterable<string> {
  yield* declared;
  yield* values.keys();
}
