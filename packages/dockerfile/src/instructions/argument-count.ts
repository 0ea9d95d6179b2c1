import type { MappedText } from "../tree/mapped-text.js";
import { countArguments, type ReadContext, reportAt, upperName } from "./read-context.js";

/** The one argument of the instruction; reports any other number. */
export function exactlyOne(context: ReadContext): MappedText | undefined {
  const [only, ...others] = context.args;
  if (only !== undefined && others.length === 0) return only;
  reportAt(context, {
    rule: "DOCKERFILE_ARGUMENT_COUNT",
    message: `${upperName(context)} needs exactly one argument, found ${countArguments(context)}`,
    span: context.argumentsSpan,
  });
  return undefined;
}

/** Whether there is an argument; reports when there is none. */
export function hasArguments(context: ReadContext): boolean {
  if (context.args.length > 0) return true;
  reportAt(context, {
    rule: "DOCKERFILE_ARGUMENT_COUNT",
    message: `${upperName(context)} needs at least one argument, found none`,
  });
  return false;
}
