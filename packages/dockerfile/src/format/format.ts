import { lineBreakOf } from "../edit/line-break.js";
import { isDirectiveLine } from "../edit/remove-instruction.js";
import { parse } from "../lexer/parse.js";
import { parseDockerfile } from "../parse-dockerfile.js";
import type { DirectiveNode, DockerfileAst, DockerfileNode } from "../tree/ast.js";
import { formatInstruction } from "./format-instruction.js";
import type { FormatStyle } from "./format-style.js";

/** A Dockerfile in the one style of docs/format.md. What it means stays: every instruction reads as before, texts for
 * the shell to the character, so that no cached step runs again. Formatting twice changes nothing more. Never throws;
 * a text with errors comes back as it is. */
export function format(text: string): string {
  const { ast, diagnostics } = parseDockerfile(text);
  if (hasErrors(diagnostics)) return text;
  const formatted = formatAst(ast);
  // Indentation can make a line longer than BuildKit reads.
  return hasErrors(parse(formatted).diagnostics) ? text : formatted;
}

function hasErrors(diagnostics: readonly { readonly severity: string }[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}

function formatAst(ast: DockerfileAst): string {
  const style = { escape: ast.escape, lineBreak: lineBreakOf(ast) };
  const kept = countKeptNodes(ast);
  const stageStarts = findStageStarts(ast);
  const texts: string[] = [];
  let previous: DockerfileNode | undefined;
  let isBlankAbove = false;
  ast.children.forEach((node, index) => {
    if (node.kind === "blank" && index >= kept) {
      isBlankAbove = true;
      return;
    }
    const isBehindDirectives = previous?.kind === "directive" && node.kind !== "directive";
    const wantsBlank = isBlankAbove || isBehindDirectives || stageStarts.has(index);
    if (
      wantsBlank &&
      previous !== undefined &&
      previous.kind !== "byte-order-mark" &&
      previous.kind !== "blank"
    ) {
      texts.push(style.lineBreak);
    }
    texts.push(index < kept ? endLine(node, style) : formatNode(node, style));
    previous = node;
    isBlankAbove = false;
  });
  return texts.join("");
}

/** A first comment that would be a parser directive, or a `#!`, were it not for what stands before it, keeps all that
 * is around it. */
function countKeptNodes({ children }: DockerfileAst): number {
  const firstText = children.findIndex(({ kind }) => kind !== "blank" && kind !== "byte-order-mark");
  const first = children[firstText];
  const isRisky =
    first?.kind === "comment" && (isDirectiveLine(first.text) || first.text.trim().startsWith("#!"));
  return isRisky ? children.findIndex(({ kind }) => kind === "instruction") : 0;
}

/** The indexes of FROM instructions but the first, or of the comments directly above them. */
function findStageStarts({ children }: DockerfileAst): ReadonlySet<number> {
  const starts = new Set<number>();
  let commentsFrom: number | undefined;
  let isFirst = true;
  children.forEach((node, index) => {
    if (node.kind === "comment") commentsFrom ??= index;
    if (node.kind === "instruction" && node.name === "from") {
      if (!isFirst) starts.add(commentsFrom ?? index);
      isFirst = false;
    }
    if (node.kind !== "comment") commentsFrom = undefined;
  });
  return starts;
}

function formatNode(node: DockerfileNode, style: FormatStyle): string {
  switch (node.kind) {
    case "instruction":
      return formatInstruction(node, style);
    case "directive":
      return formatDirective(node, style);
    case "comment":
      return node.text.trim() + style.lineBreak;
    case "byte-order-mark":
    case "blank":
      return node.text;
  }
}

/** Indentation stays: with it BuildKit knows `escape` but not the `syntax` that it looks for before it parses. */
function formatDirective({ text, name, value }: DirectiveNode, { lineBreak }: FormatStyle): string {
  return `${text.slice(0, text.indexOf("#"))}# ${name}=${value}${lineBreak}`;
}

function endLine(node: DockerfileNode, { lineBreak }: FormatStyle): string {
  if (node.kind === "instruction" || node.kind === "byte-order-mark")
    return node.kind === "instruction" ? "" : node.text;
  return node.text.replace(/\r*\n?$/, "") + lineBreak;
}
