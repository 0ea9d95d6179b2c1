import type { ParsedDockerfile } from "../parse-dockerfile.js";
import type { InstructionNode, InstructionPart } from "../tree/ast.js";
import { type EditTarget, targetInstruction, targetKeyword } from "./edit-target.js";
import { flagItems, keywordPart } from "./flag-items.js";
import { contentEnd } from "./replace-instruction.js";
import type { TextEdit } from "./text-edit.js";

/** Replaces what stands behind the keyword and the flags of an instruction, its here-documents included, by a text as
 * it is to be written; `quoteWord` helps to write one. Keyword and flags stay as they are, comments between the old
 * arguments go with them.
 * @throws RangeError when the target is no instruction of the file */
export function setArguments(
  { ast }: ParsedDockerfile,
  target: EditTarget,
  text: string,
): readonly TextEdit[] {
  const node = targetInstruction(ast, target);
  const keyword = targetKeyword(node, target);
  const lastFlag = flagItems(node, keyword, ast.escape).at(-1)?.last;
  const head = lastFlag === undefined ? lastKeyword(node, keyword) : lastFlag;
  const first = node.parts.findIndex((part, index) => index > head && isText(part));
  const end = contentEnd(node);
  const start = node.parts[first]?.span.start;
  if (start !== undefined) return [{ span: { start, end }, text }];
  return [{ span: { start: node.parts[head]?.span.end ?? end, end }, text: ` ${text}` }];
}

function lastKeyword(node: InstructionNode, keyword: 0 | 1): number {
  const part = keywordPart(node, keyword);
  return part === undefined ? -1 : node.parts.indexOf(part);
}

/** What belongs to the arguments: items and brackets, not the `--` that ends flags. For ONBUILD it is the trigger. */
function isText(part: InstructionPart): boolean {
  return part.kind === "punctuation" ? part.text !== "--" : "item" in part;
}
