import type { HeredocPart, InstructionNode, InstructionPart, ItemPart } from "../tree/ast.js";
import { type MappedText, noRuns } from "../tree/mapped-text.js";
import { spanTo } from "../tree/position.js";
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

/** What most lists of an instruction are; one array for all, and nothing fits into it. */
export const none: never[] = [];

/** Puts the parts of a node together again. */
export function collectItems(node: InstructionNode): Items {
  let keywords: OpenItem[] = none;
  let flags: OpenItem[] = none;
  let args: OpenItem[] = none;
  let heredocs: HeredocPart[] = none;
  for (const part of node.parts) {
    if (part.kind === "argument") args = addPiece(args, part);
    else if (part.kind === "flag") flags = addPiece(flags, part);
    else if (part.kind === "keyword") keywords = addPiece(keywords, part);
    else if (part.kind === "heredoc") heredocs = addItem(heredocs, part);
  }
  return { keywords, flags, args, heredocs };
}

/** Gives the list to go on with. */
function addPiece(items: OpenItem[], { item, text, span }: ItemPart): OpenItem[] {
  const open = items[item];
  if (open === undefined) return addItem(items, { text, base: 0, first: span.start, more: noRuns, span });
  const run = { at: open.text.length, start: span.start };
  open.more = addItem(open.more, run);
  open.span = undefined;
  open.text += text;
  return items;
}

/** The first item makes a list of its own, since one that grows takes room for a dozen. */
function addItem<T>(items: T[], item: T): T[] {
  if (items.length === 0) return [item];
  items.push(item);
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
  let first: Span | undefined;
  let last: Span | undefined;
  for (const part of node.parts) {
    if (
      part.kind === "argument" ? part.item >= firstItem : part.kind === "punctuation" && part.text !== "--"
    ) {
      last = part.span;
      first ??= last;
    }
  }
  return first && last && spanTo(first, last.end);
}

function isLineText({ kind }: InstructionPart): boolean {
  return (
    kind === "keyword" || kind === "flag" || kind === "argument" || kind === "space" || kind === "punctuation"
  );
}

/** Where the keyword of an instruction begins, for ONBUILD its own. */
export function keywordSpan(node: InstructionNode): Span {
  return (node.parts.find((part) => part.kind === "keyword") ?? node).span;
}
