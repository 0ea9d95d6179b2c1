import type { DockerfileAst, InstructionPart } from "./ast.js";

/** The text of a tree. For a tree that `parse` made it is the parsed text, to the last character. */
export function print(ast: DockerfileAst): string {
  const texts: string[] = [];
  for (const node of ast.children) {
    if (node.kind === "instruction") for (const part of node.parts) texts.push(printPart(part));
    else texts.push(node.text);
  }
  return texts.join("");
}

function printPart(part: InstructionPart): string {
  return part.kind === "heredoc" ? part.text + part.end : part.text;
}
