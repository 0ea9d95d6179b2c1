import { splitQuoted } from "../lexer/split-words.js";
import type { InstructionNode } from "../tree/ast.js";
import type { FormatStyle } from "./format-style.js";
import type { LineToken } from "./line-tokens.js";

/** `ENV KEY VALUE` as `ENV KEY=VALUE`, where the value is one word, so that it is read as the same text. undefined for
 * every other instruction. */
export function legacyPair(
  node: InstructionNode,
  tokens: readonly LineToken[],
  { escape: mark }: FormatStyle,
): string | undefined {
  if (node.name !== "env" && node.name !== "label") return undefined;
  const [, key, value, ...others] = tokens;
  if (tokens.length !== 3 || key?.kind !== "argument" || value?.kind !== "argument" || others.length > 0)
    return undefined;
  if (key.parts.length > 1 || value.parts.length > 1 || value.gap.isBroken || key.gap.isBroken)
    return undefined;
  const name = key.parts[0]?.text ?? "";
  const pair = `${name}=${value.parts[0]?.text ?? ""}`;
  if (!/^[\w.-]+$/.test(name)) return undefined;
  const [word, ...more] = splitQuoted(pair, [0, pair.length], mark);
  return more.length === 0 && word?.[1] === pair.length ? `${node.name.toUpperCase()} ${pair}` : undefined;
}
