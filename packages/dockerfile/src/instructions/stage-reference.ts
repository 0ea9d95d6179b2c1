import { quoted } from "../diagnostics/quoted.js";
import type { Word } from "./instruction.js";
import { type ReadContext, reportAt } from "./read-context.js";

const variable = /\$[^\n]/;

/** Reports a variable where a stage or image must be named as it is. */
export function reportVariableInStageReference(context: ReadContext, option: string, reference: Word): void {
  if (!variable.test(reference.text)) return;
  reportAt(context, {
    rule: "DOCKERFILE_VARIABLE_NOT_ALLOWED",
    message: `${option} is ${quoted(reference.text)}, but variables are not expanded there`,
    span: reference.span,
    hint: `Give the image a stage of its own (FROM ${reference.text} AS name) and use its name`,
  });
}
