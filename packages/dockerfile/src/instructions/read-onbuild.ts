import type { InstructionNode } from "../tree/ast.js";
import { hasArguments } from "./argument-count.js";
import type { Instruction, OnBuildInstruction } from "./instruction.js";
import { lineText } from "./items.js";
import { type ReadContext, reportAt, toWord } from "./read-context.js";
import { readFlags } from "./read-flags.js";
import { heredocText } from "./run-script.js";

/** The trigger of an ONBUILD, and how to read it. */
export interface TriggerSource {
  readonly node: InstructionNode;
  /** The context of ONBUILD itself; its arguments are the trigger's keyword. */
  readonly context: ReadContext;
  readonly readTrigger: () => Instruction | undefined;
}

const forbidden: ReadonlySet<string> = new Set(["ONBUILD", "FROM", "MAINTAINER"]);

/** `ONBUILD INSTRUCTION` */
export function readOnBuild({ node, context, readTrigger }: TriggerSource): OnBuildInstruction | undefined {
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
    trigger: triggerText(node, context),
    instruction: readTrigger(),
  };
}

/** The line without ONBUILD, then each here-document with the name that ends it. */
function triggerText(node: InstructionNode, context: ReadContext): string {
  const line = lineText(node).replace(/^[\t\n\f\r ]*onbuild[\t\n\f\r ]*/i, "");
  return line + heredocText(context.heredocs);
}
