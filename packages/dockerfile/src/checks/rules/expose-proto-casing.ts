import { quoted } from "../../diagnostics/quoted.js";
import type { TextEdit } from "../../edit/text-edit.js";
import { mayChange } from "../../expand/may-change.js";
import type { Word } from "../../instructions/instruction.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import { isContiguous } from "../facts/variable-use.js";

/** The protocol of a port is lower case. */
export const exposeProtoCasing: CheckRule = defineRule({
  name: "ExposeProtoCasing",
  check: (facts, report) => {
    for (const placed of facts.ofKind("expose")) {
      for (const word of placed.instruction.ports) {
        const port = facts
          .portsOf(word, placed)
          .find((text) => protocolOf(text) !== protocolOf(text).toLowerCase());
        if (port === undefined) continue;
        report({
          placed,
          span: word.span,
          message: `the protocol of ${quoted(port)} should be lower case`,
          fixes: lowerProtocol(word),
        });
      }
    }
  },
});

function protocolOf(port: string): string {
  const slash = port.indexOf("/");
  return slash < 0 ? "" : port.slice(slash + 1);
}

function lowerProtocol(word: Word): readonly TextEdit[] | undefined {
  if (mayChange(word.text) || !isContiguous(word)) return undefined;
  return [{ span: word.span, text: word.text.toLowerCase() }];
}
