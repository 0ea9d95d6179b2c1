import type { ParsedDockerfile } from "../parse-dockerfile.js";
import type { InstructionNode, InstructionPart } from "../tree/ast.js";
import type { Position } from "../tree/span.js";
import { flagValues } from "./create-instruction.js";
import { type EditTarget, targetInstruction, targetKeyword } from "./edit-target.js";
import { type FlagItem, flagItems, keywordPart } from "./flag-items.js";
import type { FlagValue } from "./instruction-spec.js";
import { quoteFlag } from "./quote-word.js";
import type { TextEdit } from "./text-edit.js";

/** Gives an instruction flags, or takes them away: `setFlags(parsed, copy, { chown: "app", from: undefined })`. Values
 * replace those that are there, in place; further ones stand behind them, new flags behind all others; undefined and
 * `false` remove. Whether the instruction knows the flag is not checked.
 * @throws RangeError when the target is no instruction of the file, or a value has a line break */
export function setFlags(
  { ast }: ParsedDockerfile,
  target: EditTarget,
  flags: Readonly<Record<string, FlagValue>>,
): readonly TextEdit[] {
  const node = targetInstruction(ast, target);
  const keyword = targetKeyword(node, target);
  const items = flagItems(node, keyword, ast.escape);
  return Object.entries(flags).flatMap(([name, value]) => {
    const texts = flagValues(value).map((one) => quoteFlag(name, one, ast.escape));
    const same = items.filter((item) => item.name === name);
    const behind = node.parts[(same.at(-1) ?? items.at(-1))?.last ?? -1] ?? keywordPart(node, keyword);
    return [...replaceFlags(node, same, texts), ...addFlags(behind, texts.slice(same.length))];
  });
}

function replaceFlags(
  node: InstructionNode,
  items: readonly FlagItem[],
  texts: readonly string[],
): readonly TextEdit[] {
  return items.flatMap((item, index) => {
    const text = texts[index];
    return text === undefined ? removeFlag(node, item) : replaceFlag(node, item, text);
  });
}

function addFlags(behind: InstructionPart | undefined, texts: readonly string[]): readonly TextEdit[] {
  const at = behind?.span.end;
  if (at === undefined || texts.length === 0) return [];
  return [{ span: { start: at, end: at }, text: texts.map((text) => ` ${text}`).join("") }];
}

/** A flag that already reads so is not touched. */
function replaceFlag(node: InstructionNode, { first, last }: FlagItem, text: string): readonly TextEdit[] {
  const parts = node.parts.slice(first, last + 1);
  if (parts.length === 1 && parts[0]?.text === text) return [];
  return [{ span: { start: startOf(node, first), end: endOf(node, last) }, text }];
}

/** A flag goes with the blanks before it; one that has a line to itself goes with the line. */
function removeFlag(node: InstructionNode, { first, last }: FlagItem): readonly TextEdit[] {
  const isSpace = (part: InstructionPart | undefined) => part?.kind === "space";
  const before = isSpace(node.parts[first - 1]) ? first - 1 : first;
  const after = isSpace(node.parts[last + 1]) ? last + 1 : last;
  const startsLine = node.parts[before - 1]?.kind === "continuation" || isLine(node.parts[before - 1]);
  const endsLine = node.parts[after + 1]?.kind === "continuation";
  const end = startsLine && endsLine ? after + 1 : last;
  // What stood in front of the flag in its line is then the indentation of what follows.
  const start = startsLine && !endsLine ? first : before;
  const stop = startsLine && !endsLine ? after : end;
  return [{ span: { start: startOf(node, start), end: endOf(node, stop) }, text: "" }];
}

function isLine(part: InstructionPart | undefined): boolean {
  return part?.kind === "comment" || part?.kind === "blank";
}

function startOf(node: InstructionNode, index: number): Position {
  return node.parts[index]?.span.start ?? node.span.start;
}

function endOf(node: InstructionNode, index: number): Position {
  return node.parts[index]?.span.end ?? node.span.end;
}
