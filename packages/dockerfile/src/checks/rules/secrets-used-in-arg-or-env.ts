import type { Instruction, Word } from "../../instructions/instruction.js";
import { type CheckRule, defineRule, type ReportCheck } from "../check-rule.js";

/** A word of the name, between underscores, that tells of a secret; and one that takes this back. */
const secretWord =
  /(?:^|_)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)/i;
const harmlessWord = /(?:^|_)(?:public|file|version)(?:_|$)/i;

/** No ARG or ENV carries a secret: the image or its history would hold it. ARGs before the first FROM are not checked,
 * as in BuildKit. */
export const secretsUsedInArgOrEnv: CheckRule = defineRule({
  name: "SecretsUsedInArgOrEnv",
  description: "Secrets should not be passed in ARG or ENV",
  check: (facts, report) => {
    for (const { instruction, stage } of facts.ofKind("arg")) {
      if (stage === undefined) continue;
      for (const { name } of instruction.args)
        reportSecret(report, instruction, { name: name.text, word: name });
    }
    for (const { instruction } of facts.ofKind("env")) {
      for (const { key } of instruction.pairs)
        reportSecret(report, instruction, { name: facts.valueOf(key).value, word: key });
    }
  },
});

function reportSecret(
  report: ReportCheck,
  instruction: Instruction,
  { name, word }: { readonly name: string; readonly word: Word },
): void {
  if (!secretWord.test(name) || harmlessWord.test(name)) return;
  report({
    owner: instruction,
    span: word.span,
    message: `the name of ${instruction.kind.toUpperCase()} ${name} tells of a secret, which would stay in the image`,
    hint: "Pass it with RUN --mount=type=secret",
  });
}
