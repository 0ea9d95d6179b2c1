import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { quoted } from "../diagnostics/quoted.js";
import { type Report, toDiagnostic } from "../diagnostics/report.js";
import { remember } from "../remember.js";
import type { DirectiveNode, DockerfileAst, DockerfileNode } from "../tree/ast.js";
import { spanOf } from "../tree/position.js";
import { toKeyword } from "./keyword.js";
import type { LayoutOptions } from "./line-layout.js";
import { checkLineLength } from "./line-limit.js";
import { type Line, type LineReader, lineReader, takeLine } from "./line-reader.js";
import { escapeValue, readDirective } from "./read-directive.js";
import { readInstruction } from "./read-instruction.js";
import { skipSpace } from "./white-space.js";

/** A tree and what is wrong with its lines: bad directives, open here-documents, too long lines. What is wrong with
 * instructions comes from `readStages`. */
export interface ParseResult {
  readonly ast: DockerfileAst;
  readonly diagnostics: readonly Diagnostic[];
}

/** The state between two nodes. */
interface ParseState {
  readonly reader: LineReader;
  readonly report: Report;
  readonly directives: Set<string>;
  readonly children: DockerfileNode[];
  layout: LayoutOptions;
  isPastDirectives: boolean;
}

const byteOrderMark = "\uFEFF";

/** Parses a Dockerfile into a tree that holds every character: `print(parse(text).ast) === text` for any string.
 * Never throws; broken text gives diagnostics and the best tree. Takes time linear in the text.
 * @see https://docs.docker.com/reference/dockerfile/#format */
export function parse(text: string): ParseResult {
  const diagnostics: Diagnostic[] = [];
  const state: ParseState = {
    reader: lineReader(text),
    report: (finding) => diagnostics.push(toDiagnostic(finding)),
    directives: new Set(),
    children: [],
    layout: { escapeCharacter: "\\", keywordOf: remember(toKeyword) },
    isPastDirectives: false,
  };
  takeByteOrderMark(state);
  for (let line = takeLine(state.reader); line !== undefined; line = takeLine(state.reader)) {
    checkLineLength(line, state.report);
    state.children.push(readNode(state, line));
  }
  const span = { start: { offset: 0, line: 1, column: 1 }, end: state.reader.position };
  if (!state.children.some((node) => node.kind === "instruction")) {
    state.report({ rule: "DOCKERFILE_EMPTY", message: "the Dockerfile has no instructions", span });
  }
  const { children, layout } = state;
  return { ast: { kind: "dockerfile", span, escape: layout.escapeCharacter, children }, diagnostics };
}

function takeByteOrderMark(state: ParseState): void {
  if (!state.reader.text.startsWith(byteOrderMark)) return;
  const span = spanOf(state.reader.position, 1);
  state.children.push({ kind: "byte-order-mark", span, text: byteOrderMark });
  state.reader.position = span.end;
}

function readNode(state: ParseState, line: Line): DockerfileNode {
  const skipped = skipSpace(line.text, 0);
  if (!state.isPastDirectives) {
    const directive = readDirective(line, skipped);
    if (directive !== undefined) return applyDirective(state, directive);
    state.isPastDirectives = true;
  }
  const isBlank = skipped === line.text.length;
  if (isBlank || line.text[skipped] === "#") {
    const span = { start: line.start, end: state.reader.position };
    return { kind: isBlank ? "blank" : "comment", span, text: line.text + line.lineBreak };
  }
  return readInstruction({
    first: line,
    reader: state.reader,
    layout: state.layout,
    report: state.report,
  });
}

function applyDirective(state: ParseState, directive: DirectiveNode): DirectiveNode {
  const { name, value, nameSpan, valueSpan } = directive;
  if (state.directives.has(name)) {
    const message = `the parser directive "${name}" is given twice`;
    state.report({ rule: "DOCKERFILE_DUPLICATE_DIRECTIVE", message, span: nameSpan });
    return directive;
  }
  state.directives.add(name);
  if (name !== "escape") return directive;
  const escapeCharacter = escapeValue(directive);
  if (escapeCharacter === undefined) {
    const message = `escape character ${quoted(value)} is neither \` nor \\`;
    state.report({ rule: "DOCKERFILE_INVALID_ESCAPE", message, span: valueSpan });
  } else state.layout = { ...state.layout, escapeCharacter };
  return directive;
}
