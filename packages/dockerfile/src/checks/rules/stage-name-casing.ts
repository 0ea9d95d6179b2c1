import { addToList } from "../../add-to-list.js";
import { quoted } from "../../diagnostics/quoted.js";
import type { TextEdit } from "../../edit/text-edit.js";
import type { Word } from "../../instructions/instruction.js";
import { allDependencies } from "../../stages/all-dependencies.js";
import { stageGraph } from "../../stages/stage-graph.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import type { CheckFacts } from "../facts/check-facts.js";
import { isContiguous } from "../facts/variable-use.js";

/** Stage names are lower case. The fix renames the stage and what refers to it. */
export const stageNameCasing: CheckRule = defineRule({
  name: "StageNameCasing",
  check: (facts, report) => {
    const { stages } = facts.parsed.stages;
    const named = stages.filter(({ from }) => isMixed(from.stageName));
    if (named.length === 0) return;
    const references = findReferences(facts);
    for (const { from, index } of named) {
      if (from.stageName === undefined) continue;
      report({
        owner: from,
        span: from.stageName.span,
        message: `the stage name ${quoted(from.stageName.text)} should be lower case`,
        fixes: lowerAll([from.stageName, ...(references.get(index) ?? [])]),
      });
    }
  },
});

function isMixed(name: Word | undefined): boolean {
  return name !== undefined && name.text !== name.text.toLowerCase();
}

/** The words that name a stage, by its index. A FROM with capitals names no stage for BuildKit, nor can it be an
 * image, so what it means is the stage. */
function findReferences({ parsed: { stages } }: CheckFacts): ReadonlyMap<number, readonly Word[]> {
  const references = new Map<number, Word[]>();
  const graph = stageGraph(stages, { baseName: ({ from }) => from.image.text.toLowerCase() });
  for (const need of allDependencies(stages, graph)) {
    if (need.kind !== "stage" || !isMixed(need.reference)) continue;
    addToList(references, need.index, need.reference);
  }
  return references;
}

function lowerAll(words: readonly Word[]): readonly TextEdit[] | undefined {
  if (!words.every(isContiguous)) return undefined;
  return words.map((word) => ({ span: word.span, text: word.text.toLowerCase() }));
}
