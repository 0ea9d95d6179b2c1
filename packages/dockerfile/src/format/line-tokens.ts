import type { InstructionNode, InstructionPart, ItemPart } from "../tree/ast.js";

/** What stands before a token: nothing, blanks, or lines. */
export interface Gap {
  readonly isBroken: boolean;
  /** Comment lines as written, without their line breaks. */
  readonly comments: readonly string[];
  /** The blanks directly before the token. */
  readonly indent: string;
}

/** An item or a run of punctuation of an instruction's lines. */
export interface LineToken {
  readonly kind: ItemPart["kind"] | "punctuation";
  readonly item: number;
  readonly gap: Gap;
  /** Without trivia lines; of an item that is continued, all of it. */
  readonly parts: readonly InstructionPart[];
}

/** The tokens of an instruction's lines, and what stands behind the last one. Here-documents are left out. */
export interface LineTokens {
  readonly tokens: readonly LineToken[];
  readonly tail: Gap;
}

/** Sorts the parts of a node into tokens and gaps. */
export function lineTokens(node: InstructionNode): LineTokens {
  const tokens: { kind: LineToken["kind"]; item: number; gap: Gap; parts: InstructionPart[] }[] = [];
  let waiting: InstructionPart[] = [];
  for (const part of node.parts) {
    const open = tokens.at(-1);
    if (part.kind === "heredoc") continue;
    if (!isTokenPart(part)) waiting.push(part);
    else if ("item" in part && open?.kind === part.kind && open.item === part.item) {
      for (const skipped of waiting) open.parts.push(skipped);
      open.parts.push(part);
      waiting = [];
    } else {
      const item = "item" in part ? part.item : -1;
      tokens.push({ kind: part.kind, item, gap: toGap(waiting), parts: [part] });
      waiting = [];
    }
  }
  return { tokens, tail: toGap(waiting) };
}

function isTokenPart(part: InstructionPart): part is Extract<InstructionPart, { kind: LineToken["kind"] }> {
  return "item" in part || part.kind === "punctuation";
}

function toGap(parts: readonly InstructionPart[]): Gap {
  const lastLine = parts.findLastIndex(({ kind }) => kind !== "space");
  return {
    isBroken: parts.some(({ kind }) => kind === "continuation"),
    comments: parts.filter(({ kind }) => kind === "comment").map(({ text }) => text.replace(/[\r\n]+$/, "")),
    indent: parts
      .slice(lastLine + 1)
      .map(({ text }) => text)
      .join(""),
  };
}
