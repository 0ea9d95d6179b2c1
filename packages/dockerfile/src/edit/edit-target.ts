import type { DockerfileAst, DockerfileNode, InstructionNode } from "../tree/ast.js";
import type { Span } from "../tree/span.js";

/** What an edit is about: a typed instruction, a stage or a node of the same tree. Only its place counts. */
export interface EditTarget {
  readonly span: Span;
}

/** The index of the node that holds an offset. */
function nodeIndexAt(ast: DockerfileAst, offset: number): number {
  let low = 0;
  let high = ast.children.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ast.children[middle]?.span.start.offset ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The index of the node that a target begins in. */
export function firstNodeIndex(ast: DockerfileAst, target: EditTarget): number {
  return checkIndex(ast, nodeIndexAt(ast, target.span.start.offset), target);
}

/** The index of the node that a target ends in. */
export function lastNodeIndex(ast: DockerfileAst, { span }: EditTarget): number {
  const last = Math.max(span.start.offset, span.end.offset - 1);
  return checkIndex(ast, nodeIndexAt(ast, last), { span });
}

/** The instruction that a target is or lies in. */
export function targetInstruction(ast: DockerfileAst, target: EditTarget): InstructionNode {
  const node = ast.children[firstNodeIndex(ast, target)];
  if (node?.kind === "instruction") return node;
  throw new RangeError(`${place(target)} is no instruction but ${describeNode(node)}`);
}

/** Which keyword of its node a target is about: 1 for what stands behind ONBUILD, 0 for all else. */
export function targetKeyword(node: InstructionNode, target: EditTarget): 0 | 1 {
  const inner = node.parts.find((part) => part.kind === "keyword" && part.item === 1);
  return inner !== undefined && target.span.start.offset >= inner.span.start.offset ? 1 : 0;
}

function checkIndex(ast: DockerfileAst, index: number, target: EditTarget): number {
  const node = ast.children[index];
  const isInside = node !== undefined && target.span.start.offset >= 0;
  if (isInside && target.span.end.offset <= ast.span.end.offset) return index;
  throw new RangeError(
    `${place(target)} is not in the Dockerfile of ${String(ast.span.end.offset)} characters`,
  );
}

function place({ span }: EditTarget): string {
  return `the target at ${String(span.start.line)}:${String(span.start.column)}`;
}

function describeNode(node: DockerfileNode | undefined): string {
  return node === undefined ? "nothing" : `a ${node.kind} node`;
}
