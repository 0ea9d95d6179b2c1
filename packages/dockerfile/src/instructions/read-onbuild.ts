import { hasArguments } from "./argument-count.js";
import type { Instruction, OnBuildInstruction } from "./instruction.js";
import { lineText } from "./items.js";
import { type ReadContext, reportAt, toWord } from "./read-context.js";
import { readFlags } from "./read-flags.js";
import { heredocText } from "./run-script.js";

const forbidden: ReadonlySet<string> = new Set(["ONBUILD", "FROM", "MAINTAINER"]);

/** `ONBUILD INSTRUCTION`; the arguments of `context` are the trigger's keyword. */
export function readOnBuild(
  context: ReadContext,
  readTrigger: () => Instruction | undefined,
): OnBuildInstruction | undefined {
  readFlags(context, {});
  const [first] = context.args;
  if (!hasArguments(context) || first === undefined) return undefined;
  const name = first.text.toUpperCase();
  if (forbidden.has(name)) {
    reportAt(context, {
      rule: "DOCKERFILE_INVALID_TRIGGER",
      message: `${name} cannot be a trigger of ONBUILD`,
      span: toWord(first).span,
    });
    return undefined;
  }
  const { keyword, span, text, comments } = context.base;
  return {
    keyword,
    span,
    text,
    comments,
    kind: "onbuild",
    trigger: triggerText(context),
    instruction: readTrigger(),
  };
}

/** The line without ONBUILD, then each here-document with the name that ends it. */
function triggerText({ node, heredocs }: ReadContext): string {
  const line = lineText(node).replace(/^[\t\n\f\r ]*onbuild[\t\n\f\r ]*/i, "");
  return line + heredocText(heredocs);
}
