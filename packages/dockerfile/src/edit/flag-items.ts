import { flagMeaning } from "../lexer/flag-words.js";
import type { EscapeCharacter, InstructionNode, InstructionPart } from "../tree/ast.js";

/** One flag of an instruction, and which of the node's parts it is made of. */
export interface FlagItem {
  readonly name: string;
  /** Indexes of its first and last part. */
  readonly first: number;
  readonly last: number;
}

/** The flags behind one of the keywords of a node, in order. */
export function flagItems(
  node: InstructionNode,
  keyword: 0 | 1,
  escapeCharacter: EscapeCharacter,
): readonly FlagItem[] {
  const found: { item: number; text: string; first: number; last: number }[] = [];
  let current = -1;
  node.parts.forEach((part, index) => {
    if (part.kind === "keyword") current = part.item;
    if (part.kind !== "flag" || current !== keyword) return;
    const open = found.at(-1);
    if (open?.item !== part.item) found.push({ item: part.item, text: part.text, first: index, last: index });
    else {
      open.text += part.text;
      open.last = index;
    }
  });
  return found.map(({ text, first, last }) => ({ name: flagName(text, escapeCharacter), first, last }));
}

function flagName(text: string, escapeCharacter: EscapeCharacter): string {
  const meaning = flagMeaning(text, escapeCharacter)
    .map(([start, end]) => text.slice(start, end))
    .join("");
  return meaning.slice(2).split("=", 1)[0] ?? "";
}

/** The last part of a keyword. */
export function keywordPart(node: InstructionNode, keyword: 0 | 1): InstructionPart | undefined {
  return node.parts.findLast((part) => part.kind === "keyword" && part.item === keyword);
}
