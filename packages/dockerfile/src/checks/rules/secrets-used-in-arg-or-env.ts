import type { Word } from "../../instructions/instruction.js";
import { type CheckRule, defineRule, type ReportCheck } from "../check-rule.js";
import type { PlacedInstruction } from "../facts/placed-instruction.js";

/** A word of the name, between underscores, that tells of a secret; and one that takes this back. */
const secretWord =
  /(?:^|_)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)/i;
const harmlessWord = /(?:^|_)(?:public|file|version)(?:_|$)/i;

/** No ARG or ENV carries a secret: the image or its history would hold it. ARGs before the first FROM are not checked,
 * as in BuildKit. */
export const secretsUsedInArgOrEnv: CheckRule = defineRule({
  name: "SecretsUsedInArgOrEnv",
  check: (facts, report) => {
    for (const placed of facts.ofKind("arg")) {
      if (placed.stage === undefined) continue;
      for (const { name } of placed.instruction.args)
        reportSecret(report, placed, { name: name.text, word: name });
    }
    for (const placed of facts.ofKind("env")) {
      for (const { key } of placed.instruction.pairs)
        reportSecret(report, placed, { name: facts.valueOf(key, placed).value, word: key });
    }
  },
});

function reportSecret(
  report: ReportCheck,
  placed: PlacedInstruction,
  { name, word }: { readonly name: string; readonly word: Word },
): void {
  if (!secretWord.test(name) || harmlessWord.test(name)) return;
  report({
    placed,
    span: word.span,
    message: `the name of ${placed.instruction.kind.toUpperCase()} ${name} tells of a secret, which would stay in the image`,
    hint: "Pass it with RUN --mount=type=secret",
  });
}
