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
  let keywords: OpenItem[] = [];
  let flags: OpenItem[] = [];
  let args: OpenItem[] = [];
  const heredocs: HeredocPart[] = [];
  for (const part of node.parts) {
    if (part.kind === "heredoc") heredocs.push(part);
    else if (part.kind === "argument") args = addPiece(args, part);
    else if (part.kind === "flag") flags = addPiece(flags, part);
    else if (part.kind === "keyword") keywords = addPiece(keywords, part);
  }
  return { keywords, flags, args, heredocs };
}

/** Gives the list to go on with: the first item makes one of its own, since one that grows takes room for a dozen. */
function addPiece(items: OpenItem[], { item, text, span }: ItemPart): OpenItem[] {
  const open = items[item];
  if (open === undefined) {
    const added: OpenItem = { text, base: 0, first: span.start, more: noRuns, span };
    if (item === 0) return [added];
    items[item] = added;
    return items;
  }
  const run = { at: open.text.length, start: span.start };
  if (open.more === noRuns) open.more = [run];
  else open.more.push(run);
  open.span = undefined;
  open.text += text;
  return items;
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
