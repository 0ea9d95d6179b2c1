import { continuationOffset } from "../lexer/continuation.js";
import { findHeredocWords } from "../lexer/heredoc-word.js";
import type { EscapeCharacter } from "../tree/ast.js";
import type { CommandSpec } from "./instruction-spec.js";

/** Strings as a JSON array in one line. */
export function jsonArray(items: readonly string[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
}

/** A command as CMD, ENTRYPOINT and HEALTHCHECK write it; RUN can do the same, and here-documents. */
export function commandText(command: CommandSpec): string {
  return typeof command === "string" ? command : jsonArray(command);
}

/** A command as RUN writes it: a text that would not be read as itself on one line stands in a here-document. */
export function runText(command: CommandSpec, escapeCharacter: EscapeCharacter): string {
  if (typeof command !== "string") return jsonArray(command);
  const isOneLine =
    !/[\n\r]|^\s*(?:\[|--)/.test(command) &&
    continuationOffset(command, escapeCharacter) < 0 &&
    findHeredocWords(command).length === 0;
  return isOneLine ? command : heredocText(command);
}

function heredocText(text: string): string {
  const lines = new Set(text.split(/\r*\n/));
  let name = "EOF";
  for (let count = 1; lines.has(name); count += 1) name = `EOF${String(count)}`;
  return `<<${name}\n${text}${text.endsWith("\n") ? "" : "\n"}${name}`;
}
