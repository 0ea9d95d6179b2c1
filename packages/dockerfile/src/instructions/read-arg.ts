import { type MappedText, sliceMapped } from "../tree/mapped-text.js";
import { hasArguments } from "./argument-count.js";
import { warnIgnoredFlags } from "./ignored-flags.js";
import type { ArgInstruction, Word } from "./instruction.js";
import { type ReadContext, toWord } from "./read-context.js";
import { reportBlankName } from "./read-pairs.js";

/** `ARG NAME[=DEFAULT]…` */
export function readArg(context: ReadContext): ArgInstruction | undefined {
  warnIgnoredFlags(context);
  if (!hasArguments(context)) return undefined;
  const args = context.args.flatMap((arg) => readName(context, arg) ?? []);
  if (args.length < context.args.length) return undefined;
  const { keyword, span, text, comments } = context.base;
  return { keyword, span, text, comments, kind: "arg", args };
}

function readName(
  context: ReadContext,
  arg: MappedText,
): { readonly name: Word; readonly default?: Word | undefined } | undefined {
  const equals = arg.text.indexOf("=");
  if (equals < 0) return { name: toWord(arg) };
  if (equals > 0)
    return { name: toWord(sliceMapped(arg, 0, equals)), default: toWord(sliceMapped(arg, equals + 1)) };
  reportBlankName(context, arg);
  return undefined;
}
