import { hasArguments } from "./argument-count.js";
import { readCommandLine } from "./command-line.js";
import type { CmdInstruction, EntrypointInstruction, ShellInstruction } from "./instruction.js";
import { type ReadContext, reportAt } from "./read-context.js";
import { readFlags } from "./read-flags.js";

/** `CMD COMMAND`, `ENTRYPOINT COMMAND`, or either with `["arg", …]` */
export function commandReader(
  kind: "cmd" | "entrypoint",
): (context: ReadContext) => CmdInstruction | EntrypointInstruction {
  return (context) => {
    readFlags(context, {});
    const command = readCommandLine(context);
    const { keyword, span, text, comments } = context.base;
    return { keyword, span, text, comments, kind, command };
  };
}

/** `SHELL ["arg", …]` */
export function readShell(context: ReadContext): ShellInstruction | undefined {
  readFlags(context, {});
  const command = readCommandLine(context);
  if (!hasArguments(context)) return undefined;
  if (command.form === "exec") return { ...context.base, kind: "shell", args: command.args };
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_JSON",
    message: "the argument of SHELL is not a JSON array of strings",
    span: command.span,
    hint: 'Write SHELL ["executable", "parameter"]',
  });
  return undefined;
}
