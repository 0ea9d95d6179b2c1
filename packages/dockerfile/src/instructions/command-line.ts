import { decodeJsonString } from "../lexer/json-strings.js";
import type { MappedText } from "../tree/mapped-text.js";
import type { Span } from "../tree/span.js";
import type { CommandLine } from "./instruction.js";

/** The command that arguments spell. Without arguments it is an empty text for the shell, as in BuildKit. */
export function readCommandLine(
  args: readonly MappedText[],
  form: "json" | "plain",
  span: Span,
): CommandLine {
  if (form === "json") return { form: "exec", args: args.map((arg) => decodeJsonString(arg.text)), span };
  return { form: "shell", text: args[0]?.text ?? "", span };
}
