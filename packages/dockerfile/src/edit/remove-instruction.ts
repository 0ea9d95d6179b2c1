import { readDirective } from "../lexer/read-directive.js";
import { skipSpace } from "../lexer/white-space.js";
import type { ParsedDockerfile } from "../parse-dockerfile.js";
import type { DockerfileAst } from "../tree/ast.js";
import { type EditTarget, firstNodeIndex, targetInstruction } from "./edit-target.js";
import { lineBreakOf } from "./line-break.js";
import type { TextEdit } from "./text-edit.js";

/** Removes the lines of an instruction with its here-documents. Comments above it stay.
 * @throws RangeError when the target is no instruction of the file */
export function removeInstruction({ ast }: ParsedDockerfile, target: EditTarget): readonly TextEdit[] {
  const { span } = targetInstruction(ast, target);
  const text = wouldMakeDirective(ast, firstNodeIndex(ast, target)) ? lineBreakOf(ast) : "";
  return [{ span, text }];
}

/** Whether the comment behind a node would move to the top of the file and be read as a parser directive there. */
function wouldMakeDirective(ast: DockerfileAst, index: number): boolean {
  const isTop = ast.children
    .slice(0, index)
    .every(({ kind }) => kind === "byte-order-mark" || kind === "directive");
  const next = ast.children[index + 1];
  return isTop && next?.kind === "comment" && isDirectiveLine(next.text);
}

/** Whether a comment line would be a parser directive at the top of a file. */
export function isDirectiveLine(text: string): boolean {
  const start = { offset: 0, line: 1, column: 1 };
  const line = { text: text.replace(/[\r\n]+$/, ""), lineBreak: "", start };
  return readDirective(line, skipSpace(line.text, 0)) !== undefined;
}
