import type { ParsedDockerfile } from "../parse-dockerfile.js";
import type { InstructionNode } from "../tree/ast.js";
import { advance } from "../tree/position.js";
import type { Position } from "../tree/span.js";
import { type EditTarget, targetInstruction } from "./edit-target.js";
import type { TextEdit } from "./text-edit.js";

/** Puts a text in the place of an instruction and its here-documents. Its indentation and the line break behind it
 * stay.
 * @throws RangeError when the target is no instruction of the file */
export function replaceInstruction(
  { ast }: ParsedDockerfile,
  target: EditTarget,
  text: string,
): readonly TextEdit[] {
  const node = targetInstruction(ast, target);
  return [{ span: { start: keywordStart(node), end: contentEnd(node) }, text: text.replace(/\r?\n$/, "") }];
}

function keywordStart(node: InstructionNode): Position {
  return node.parts.find((part) => part.kind === "keyword")?.span.start ?? node.span.start;
}

/** Where an instruction ends but for its last line break. */
export function contentEnd(node: InstructionNode): Position {
  const last = node.parts.at(-1);
  if (last === undefined) return node.span.end;
  const text = last.kind === "heredoc" ? last.end : last.text;
  const lineBreak = /\r*\n$/.exec(text)?.[0].length ?? 0;
  if (lineBreak === 0) return node.span.end;
  if (last.kind !== "heredoc") return advance(last.span.start, last.text.length - lineBreak);
  return advance(last.bodySpan.end, last.end.length - lineBreak);
}
