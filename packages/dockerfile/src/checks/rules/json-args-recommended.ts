import type { TextEdit } from "../../edit/text-edit.js";
import type { CmdInstruction, EntrypointInstruction } from "../../instructions/instruction.js";
import { remember } from "../../remember.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import type { PlacedInstruction } from "../facts/placed-instruction.js";
import type { StageBase } from "../facts/stage-bases.js";

/** CMD and ENTRYPOINT are in exec form, unless a SHELL was chosen here, in a base stage or in the base image. */
export const jsonArgsRecommended: CheckRule = defineRule({
  name: "JSONArgsRecommended",
  check: (facts, report) => {
    const explain = remember((name) => ({
      message: `${name} is run by a shell, which does not pass on signals`,
      hint: `Write ${name} ["executable", "argument"]`,
    }));
    const shells: boolean[] = [];
    for (const base of facts.bases) {
      let hasShell = startsWithShell(base, shells);
      const cmd = base.runs.find(isCmd);
      for (const placed of base.runs) {
        const { instruction } = placed;
        if (instruction.kind === "shell") hasShell = true;
        if (instruction.kind !== "cmd" && instruction.kind !== "entrypoint") continue;
        if (hasShell || instruction.command.form === "exec") continue;
        const { message, hint } = explain(instruction.kind.toUpperCase());
        report({
          placed,
          span: instruction.command.span,
          message,
          hint,
          fixes: execForm(instruction, placed, cmd),
        });
      }
      shells.push(hasShell);
    }
  },
});

function startsWithShell({ parent, facts }: StageBase, shells: readonly boolean[]): boolean {
  return parent === undefined ? facts?.shell === "set" : (shells[parent] ?? false);
}

/** Words that mean the same to a shell and to execve. */
const plainWords = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*(?:[\t ]+[A-Za-z0-9_@%+=:,./-]+)*$/;

/** Commands that only a shell has, or that it does differently. */
const shellCommands: ReadonlySet<string> = new Set(
  (
    ". : alias bg break case cd command continue do eval exec exit export fg for getopts hash if jobs local " +
    "read readonly return select set shift source time times trap type ulimit umask unalias unset until wait while"
  ).split(" "),
);

/** The same words as JSON; undefined where a shell has something to do. In exec form an ENTRYPOINT takes the words of
 * CMD, so one beside a CMD is left alone, as is one in a trigger, which may meet a CMD elsewhere. */
function execForm(
  { kind, command }: CmdInstruction | EntrypointInstruction,
  { origin }: PlacedInstruction,
  cmd: PlacedInstruction | undefined,
): readonly TextEdit[] | undefined {
  if (command.form !== "shell" || !plainWords.test(command.text)) return undefined;
  if (kind === "entrypoint" && (origin === "trigger" || cmd !== undefined)) return undefined;
  const words = command.text.split(/[\t ]+/);
  const [first = ""] = words;
  const { start, end } = command.span;
  const isOneLine = start.line === end.line && end.offset - start.offset === command.text.length;
  if (!isOneLine || shellCommands.has(first) || first.includes("=")) return undefined;
  return [{ span: command.span, text: `[${words.map((word) => JSON.stringify(word)).join(", ")}]` }];
}

function isCmd({ instruction }: PlacedInstruction): boolean {
  return instruction.kind === "cmd";
}
