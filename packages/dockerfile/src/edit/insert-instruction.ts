import type { ParsedDockerfile } from "../parse-dockerfile.js";
import type { DockerfileAst, DockerfileNode } from "../tree/ast.js";
import { type EditTarget, firstNodeIndex, lastNodeIndex } from "./edit-target.js";
import { type LineBreak, lineBreakOf } from "./line-break.js";
import type { TextEdit } from "./text-edit.js";

/** Where to insert. `before` an instruction is above the comments that stand directly above it; `after` a stage is
 * behind its last instruction; `start` is behind the parser directives, `end` the end of the file. */
export type InsertPlace = "start" | "end" | { readonly before: EditTarget } | { readonly after: EditTarget };

/** Inserts lines, such as `createInstruction` gives, as lines of their own. `text` is taken as it is; a line break is
 * added behind it in the style of the file.
 * @throws RangeError when the target is not in the file */
export function insertInstruction(
  { ast }: ParsedDockerfile,
  place: InsertPlace,
  text: string,
): readonly TextEdit[] {
  const lineBreak = lineBreakOf(ast);
  const count = countAbove(ast, place);
  const above = ast.children[count - 1];
  const at = above?.span.end ?? ast.span.start;
  const tail = text.endsWith("\n") ? "" : lineBreak;
  const inserted = { span: { start: at, end: at }, text: endsLine(above) ? text + tail : lineBreak + text };
  return [...endLastLine(above, lineBreak), inserted];
}

/** How many nodes stay above the place. */
function countAbove(ast: DockerfileAst, place: InsertPlace): number {
  if (place === "end") return ast.children.length;
  if (place === "start") {
    const isHead = ({ kind }: DockerfileNode) => kind === "byte-order-mark" || kind === "directive";
    const first = ast.children.findIndex((node) => !isHead(node));
    return first < 0 ? ast.children.length : first;
  }
  if ("after" in place) return lastNodeIndex(ast, place.after) + 1;
  let index = firstNodeIndex(ast, place.before);
  while (index > 0 && ast.children[index - 1]?.kind === "comment") index -= 1;
  return index;
}

/** A file may end in a continued line, which would swallow what follows. */
function endLastLine(node: DockerfileNode | undefined, lineBreak: LineBreak): readonly TextEdit[] {
  if (node?.kind !== "instruction") return [];
  const last = node.parts.findLast(({ kind }) => kind !== "comment" && kind !== "blank");
  if (last?.kind !== "continuation") return [];
  const isWholeLine = last.text.endsWith("\n");
  return [{ span: last.span, text: isWholeLine ? lineBreak : "" }];
}

function endsLine(node: DockerfileNode | undefined): boolean {
  if (node === undefined || node.kind === "byte-order-mark") return true;
  if (node.kind !== "instruction") return node.text.endsWith("\n");
  const last = node.parts.at(-1);
  return last !== undefined && (last.kind === "heredoc" ? last.end : last.text).endsWith("\n");
}
