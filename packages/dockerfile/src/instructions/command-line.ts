import { decodeJsonString } from "../lexer/json-strings.js";
import type { CommandLine } from "./instruction.js";
import type { ReadContext } from "./read-context.js";

/** The command that arguments spell. Without arguments it is an empty text for the shell, as in BuildKit. */
export function readCommandLine({
  args,
  form,
  argumentsSpan: span,
}: Pick<ReadContext, "args" | "form" | "argumentsSpan">): CommandLine {
  if (form === "json") return { form: "exec", args: args.map((arg) => decodeJsonString(arg.text)), span };
  return { form: "shell", text: args[0]?.text ?? "", span };
}
