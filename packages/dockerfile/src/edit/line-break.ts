import type { DockerfileAst } from "../tree/ast.js";

/** How lines of one file end. */
export type LineBreak = "\n" | "\r\n";

/** The line break that the first line of a file ends with; `\n` when there is none. */
export function lineBreakOf(ast: DockerfileAst): LineBreak {
  for (const node of ast.children) {
    const texts = node.kind === "instruction" ? node.parts.map((part) => part.text) : [node.text];
    const broken = texts.find((text) => text.includes("\n"));
    if (broken !== undefined) return /^[^\n]*\r\n/.test(broken) ? "\r\n" : "\n";
  }
  return "\n";
}
