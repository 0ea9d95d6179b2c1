import { quoted } from "../../diagnostics/quoted.js";
import type { TextEdit } from "../../edit/text-edit.js";
import { mayChange } from "../../expand/may-change.js";
import type { Word } from "../../instructions/instruction.js";
import { parsePortSpec } from "../../values/parse-port-spec.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import { isContiguous } from "../facts/variable-use.js";

/** EXPOSE names ports of the container, without an address or port of the host. */
export const exposeInvalidFormat: CheckRule = defineRule({
  name: "ExposeInvalidFormat",
  check: (facts, report) => {
    for (const placed of facts.ofKind("expose")) {
      for (const word of placed.instruction.ports) {
        const mapped = facts.portsOf(word, placed).find(hasHostPart);
        if (mapped === undefined) continue;
        report({
          placed,
          span: word.span,
          message: `${quoted(mapped)} maps a port of the host, which EXPOSE cannot do`,
          hint: "Write only the container's port",
          fixes: withoutHost(word),
        });
      }
    }
  },
});

function hasHostPart(port: string): boolean {
  if (!port.includes(":")) return false;
  const spec = parsePortSpec(port);
  return spec.ok && spec.hasHostPart;
}

function withoutHost(word: Word): readonly TextEdit[] | undefined {
  if (mayChange(word.text) || !isContiguous(word)) return undefined;
  return [{ span: word.span, text: word.text.slice(word.text.lastIndexOf(":") + 1) }];
}
