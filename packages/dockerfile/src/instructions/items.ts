import type { HeredocPart, InstructionNode, InstructionPart } from "../tree/ast.js";
import { joinPieces, type MappedText, type Piece } from "../tree/mapped-text.js";
import type { Span } from "../tree/span.js";

/** The items of an instruction node, each with its continuations removed. */
export interface Items {
  readonly keywords: readonly MappedText[];
  readonly flags: readonly MappedText[];
  readonly args: readonly MappedText[];
  readonly heredocs: readonly HeredocPart[];
}

type ItemKind = "keyword" | "flag" | "argument";

/** Puts the parts of a node together again. */
export function collectItems(node: InstructionNode): Items {
  const pieces: Record<ItemKind, Piece[][]> = { keyword: [], flag: [], argument: [] };
  const heredocs: HeredocPart[] = [];
  for (const part of node.parts) {
    if (part.kind === "heredoc") heredocs.push(part);
    else if (isItem(part))
      addPiece(pieces[part.kind], part.item, { text: part.text, start: part.span.start });
  }
  const join = (list: readonly Piece[][]) => list.map((item) => joinPieces(item, node.span.start));
  return {
    keywords: join(pieces.keyword),
    flags: join(pieces.flag),
    args: join(pieces.argument),
    heredocs,
  };
}

/** The instruction on one line, from an offset of the source on: everything but trivia lines and here-documents. */
export function joinLine(node: InstructionNode, from: number = node.span.start.offset): MappedText {
  const pieces: Piece[] = [];
  for (const part of node.parts) {
    if (part.span.start.offset < from) continue;
    if (isItem(part) || part.kind === "space" || part.kind === "punctuation") {
      pieces.push({ text: part.text, start: part.span.start });
    }
  }
  return joinPieces(pieces, node.span.start);
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

function isItem(part: InstructionPart): part is Extract<InstructionPart, { item: number }> {
  return part.kind === "keyword" || part.kind === "flag" || part.kind === "argument";
}

function addPiece(list: Piece[][], item: number, piece: Piece): void {
  const pieces = list[item];
  if (pieces === undefined) list[item] = [piece];
  else pieces.push(piece);
}
