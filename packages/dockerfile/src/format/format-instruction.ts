import { continuationOffset } from "../lexer/continuation.js";
import { isSpace } from "../lexer/white-space.js";
import type { InstructionNode, InstructionPart } from "../tree/ast.js";
import { formatGap, type GapForm } from "./format-gap.js";
import type { FormatStyle } from "./format-style.js";
import { formatToken, joinParts } from "./format-token.js";
import { legacyPair } from "./legacy-pair.js";
import { type LineToken, type LineTokens, lineTokens } from "./line-tokens.js";

/** The lines of an instruction in the one style, with the line break behind the last one. */
export function formatInstruction(node: InstructionNode, style: FormatStyle): string {
  const line = lineTokens(node);
  const text = formatLine(node, line, style);
  const last = text.slice(text.lastIndexOf("\n") + 1);
  // Some white space that ends no line here would, left out, let an escape character continue it.
  const isSafe = continuationOffset(last, style.escape) < 0;
  const comments = line.tail.comments.map((comment) => comment.trim() + style.lineBreak).join("");
  const body = isSafe ? text + style.lineBreak + comments : originalLines(node, style);
  return body + heredocs(node, style);
}

function formatLine(node: InstructionNode, { tokens }: LineTokens, style: FormatStyle): string {
  // The image config holds the trigger of ONBUILD as it is written.
  if (node.name === "onbuild") return keepLine(node, style);
  if (isBrokenArray(node)) return keepLine(node, style).trimEnd();
  const legacy = legacyPair(node, tokens, style);
  if (legacy !== undefined) return legacy;
  const form = gapForm(node, tokens);
  return tokens
    .map((token, index) => {
      const gap = index === 0 ? "" : formatGap({ token, previous: tokens[index - 1], node, form, style });
      return gap + formatToken(node, token, style);
    })
    .join("");
}

const lineEnds: ReadonlySet<InstructionPart["kind"]> = new Set([
  "continuation",
  "comment",
  "blank",
  "break",
  "heredoc",
]);

/** The line as written, with its keyword in upper case and nothing before it. */
function keepLine(node: InstructionNode, style: FormatStyle): string {
  const isPlaced = (part: InstructionPart) => part.kind === "keyword" && part.item === 0;
  const first = node.parts.findIndex(isPlaced);
  const last = node.parts.findLastIndex(isPlaced);
  const end = node.parts.findLastIndex(({ kind }) => !lineEnds.has(kind));
  const rest = node.parts.slice(last + 1, end + 1);
  return joinParts(node.parts.slice(first, last + 1), style).toUpperCase() + joinParts(rest, style);
}

/** What looks like an array but is none could become one. */
function isBrokenArray(node: InstructionNode): boolean {
  return (
    node.form === "plain" && node.parts.find(({ kind }) => kind === "argument")?.text.startsWith("[") === true
  );
}

/** A text for the shell reaches it with the blanks of its lines: they stay, and the lines around it go with them. */
function gapForm(node: InstructionNode, tokens: readonly LineToken[]): GapForm {
  if (node.parts.some(({ kind }) => kind === "heredoc") && tokens.some(mayHoldBlanks)) return "kept";
  const last = tokens.at(-1);
  if (last?.kind === "argument" && last.parts.length > 1 && node.form === "plain") return "kept";
  const isList = node.name === "env" || node.name === "label" || node.name === "arg";
  const isBroken = tokens.some(({ kind, item, gap }) => kind === "argument" && item > 0 && gap.isBroken);
  return isList && isBroken ? "lines" : "indented";
}

/** The word of a here-document may hold blanks, which COPY and ADD split it at, so that it is several tokens. */
function mayHoldBlanks({ kind, parts }: LineToken): boolean {
  return kind === "argument" && /['"\\`]|<<-?$/.test(parts[0]?.text ?? "");
}

function originalLines(node: InstructionNode, { lineBreak }: FormatStyle): string {
  const text = node.parts.map((part) => (part.kind === "heredoc" ? "" : part.text)).join("");
  let start = 0;
  while (isSpace(text[start])) start += 1;
  return text.slice(start) + (text.endsWith("\n") ? "" : lineBreak);
}

/** Here-documents are files: not a character of them changes, but the last line of a file gets its end. */
function heredocs(node: InstructionNode, { lineBreak }: FormatStyle): string {
  const text = node.parts.map((part) => (part.kind === "heredoc" ? part.text + part.end : "")).join("");
  return text === "" || text.endsWith("\n") ? text : text + lineBreak;
}
