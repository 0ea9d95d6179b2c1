import type { TextEdit } from "../../edit/text-edit.js";
import type { FromInstruction } from "../../instructions/instruction.js";
import type { InstructionNode } from "../../tree/ast.js";
import { type CheckRule, defineRule } from "../check-rule.js";

/** `--platform=$TARGETPLATFORM` is what FROM does anyway. */
export const redundantTargetPlatform: CheckRule = defineRule({
  name: "RedundantTargetPlatform",
  check: (facts, report) => {
    for (const { stage, platform } of facts.bases) {
      const word = stage.from.platform;
      if (platform === undefined || word === undefined) continue;
      const isAlone = platform.used.length === 1 && platform.missing.length === 0;
      if (!isAlone || platform.used[0] !== "TARGETPLATFORM") continue;
      if (platform.value !== facts.globals.values.get("TARGETPLATFORM")) continue;
      report({
        owner: stage.from,
        span: word.span,
        message: `${word.text} is the platform of FROM by default`,
        fixes: withoutFlag(facts.nodeOf(stage.from), stage.from),
      });
    }
  },
});

/** Deletes the flag and the blanks behind it, when both are on FROM's line. */
function withoutFlag(
  node: InstructionNode | undefined,
  from: FromInstruction,
): readonly TextEdit[] | undefined {
  const flag = node?.parts.find((part) => part.kind === "flag");
  if (flag === undefined || flag.span.start.line !== from.image.span.start.line) return undefined;
  return [{ span: { start: flag.span.start, end: from.image.span.start }, text: "" }];
}
