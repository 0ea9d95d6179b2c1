import type { HeredocPart, InstructionNode, InstructionPart, ItemPart } from "../tree/ast.js";
import { type MappedText, noRuns } from "../tree/mapped-text.js";
import type { Position, Span } from "../tree/span.js";

/** The items of an instruction node, each with its continuations removed. */
export interface Items {
  readonly keywords: readonly MappedText[];
  readonly flags: readonly MappedText[];
  readonly args: readonly MappedText[];
  readonly heredocs: readonly HeredocPart[];
}

/** A text that grows by the pieces of one item. */
interface OpenItem {
  text: string;
  readonly base: 0;
  readonly first: Position;
  more: { readonly at: number; readonly start: Position }[];
  span: Span | undefined;
}

/** Puts the parts of a node together again. */
export function collectItems(node: InstructionNode): Items {
  const keywords: OpenItem[] = [];
  const flags: OpenItem[] = [];
  const args: OpenItem[] = [];
  const heredocs: HeredocPart[] = [];
  for (const part of node.parts) {
    if (part.kind === "heredoc") heredocs.push(part);
    else if (part.kind === "argument") addPiece(args, part);
    else if (part.kind === "flag") addPiece(flags, part);
    else if (part.kind === "keyword") addPiece(keywords, part);
  }
  return { keywords, flags, args, heredocs };
}

function addPiece(items: OpenItem[], { item, text, span }: ItemPart): void {
  const open = items[item];
  if (open === undefined) {
    items[item] = { text, base: 0, first: span.start, more: noRuns, span };
    return;
  }
  const run = { at: open.text.length, start: span.start };
  if (open.more === noRuns) open.more = [run];
  else open.more.push(run);
  open.span = undefined;
  open.text += text;
}

/** The text of the instruction on one line: everything but trivia lines and here-documents. */
export function lineText(node: InstructionNode, from: number = node.span.start.offset): string {
  let text = "";
  for (const part of node.parts) {
    if (part.span.start.offset >= from && isLineText(part)) text += part.text;
  }
  return text;
}

/** The range of the arguments from one of them on, with the brackets of a JSON array; undefined without any. */
export function argumentsRange(node: InstructionNode, firstItem: number): Span | undefined {
  const isArgument = (part: InstructionPart) =>
    part.kind === "argument" ? part.item >= firstItem : part.kind === "punctuation" && part.text !== "--";
  const first = node.parts.find(isArgument);
  const last = node.parts.findLast(isArgument);
  return first === undefined || last === undefined
    ? undefined
    : { start: first.span.start, end: last.span.end };
}

function isLineText({ kind }: InstructionPart): boolean {
  return (
    kind === "keyword" || kind === "flag" || kind === "argument" || kind === "space" || kind === "punctuation"
  );
}
