import type { Instruction } from "../../instructions/instruction.js";
import { trimSpace } from "../../lexer/white-space.js";
import type { CommentNode } from "../../tree/ast.js";
import { type CheckRule, defineRule } from "../check-rule.js";

/** A comment directly above an ARG or a named stage begins with its name: it is shown as its description. */
export const invalidDefinitionDescription: CheckRule = defineRule({
  name: "InvalidDefinitionDescription",
  stability: "experimental",
  default: "off",
  check: (facts, report) => {
    let above: CommentNode | undefined;
    for (const node of facts.parsed.ast.children) {
      const comment = above;
      above = node.kind === "comment" ? node : undefined;
      if (node.kind !== "instruction" || comment === undefined) continue;
      const instruction = facts.instructionAt(node);
      const names = instruction === undefined ? [] : definedNames(instruction);
      const text = trimSpace(trimSpace(comment.text).slice(1));
      const [first = ""] = text.split(" ");
      const [name] = names;
      if (instruction === undefined || name === undefined || text === "" || names.includes(first)) continue;
      if (/^check[\t ]*=/i.test(text)) continue;
      report({
        owner: instruction,
        span: instruction.keyword.span,
        message: `the comment above this ${instruction.kind.toUpperCase()} does not begin with ${names.length > 1 ? "the name of an argument" : name}`,
        hint: `Write # ${names.length > 1 ? "NAME" : name} DESCRIPTION, or put an empty line between`,
      });
    }
  },
});

function definedNames(instruction: Instruction): readonly string[] {
  if (instruction.kind === "arg") return instruction.args.map(({ name }) => name.text);
  if (instruction.kind === "from" && instruction.stageName !== undefined)
    return [instruction.stageName.text.toLowerCase()];
  return [];
}
