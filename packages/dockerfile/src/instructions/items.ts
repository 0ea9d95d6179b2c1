import type { HeredocPart, InstructionNode, InstructionPart } from "../tree/ast.js";
import { joinPieces, type MappedText, type Piece } from "../tree/mapped-text.js";

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

/** The instruction on one line: everything but trivia lines and here-documents. */
export function joinLine(node: InstructionNode): MappedText {
  const pieces: Piece[] = [];
  for (const part of node.parts) {
    if (isItem(part) || part.kind === "space" || part.kind === "punctuation") {
      pieces.push({ text: part.text, start: part.span.start });
    }
  }
  return joinPieces(pieces, node.span.start);
}

function isItem(part: InstructionPart): part is Extract<InstructionPart, { item: number }> {
  return part.kind === "keyword" || part.kind === "flag" || part.kind === "argument";
}

function addPiece(list: Piece[][], item: number, piece: Piece): void {
  const pieces = list[item];
  if (pieces === undefined) list[item] = [piece];
  else pieces.push(piece);
}
