import { parseHeredocWord } from "../lexer/heredoc-word.js";
import type { Heredoc, RunInstruction } from "./instruction.js";

/** What a RUN executes once its here-documents are taken into account. */
export type RunScript =
  | { readonly kind: "exec"; readonly args: readonly string[] }
  /** A text for the shell. */
  | { readonly kind: "shell"; readonly text: string }
  /** A file to execute: a single here-document that begins with `#!`. */
  | { readonly kind: "file"; readonly name: string; readonly content: string };

/** What a RUN executes. A command that is nothing but one here-document is that document; with anything beside it
 * the shell gets the command with the here-documents behind it. The builder expands nothing in them.
 * On Windows a `file` is to be run as a shell text. */
export function runScript({ command, heredocs }: RunInstruction): RunScript {
  if (command.form === "exec") return { kind: "exec", args: command.args };
  const [first] = heredocs;
  if (first === undefined) return { kind: "shell", text: command.text };
  if (parseHeredocWord(command.text) === undefined)
    return { kind: "shell", text: command.text + heredocText(heredocs) };
  // As in BuildKit before tabs are stripped: an indented `#!` in `<<-` is for the shell.
  if (first.rawContent.startsWith("#!")) return { kind: "file", name: first.name, content: first.content };
  return { kind: "shell", text: first.content };
}

/** The lines of here-documents as they stand behind their instruction. */
export function heredocText(heredocs: readonly Heredoc[]): string {
  return heredocs.map(({ rawContent, name }) => `\n${rawContent}${name}`).join("");
}
