import type { Report } from "../diagnostics/report.js";
import { referenceUrl } from "../diagnostics/report.js";
import type { EscapeCharacter, HeredocPart, InstructionNode, InstructionPart } from "../tree/ast.js";
import { type MappedText, spanWithin } from "../tree/mapped-text.js";
import { buildParts } from "./build-parts.js";
import { type LineLayout, layOutLine } from "./line-layout.js";
import { checkLineLength } from "./line-limit.js";
import { type Line, type LineReader, nextPosition } from "./line-reader.js";
import { readLogicalLine } from "./logical-line.js";
import { readHeredocs } from "./read-heredocs.js";

export interface InstructionSource {
  readonly first: Line;
  readonly reader: LineReader;
  readonly escapeCharacter: EscapeCharacter;
  readonly report: Report;
}

/** Reads one instruction: its lines, and the lines of its here-documents. */
export function readInstruction({
  first,
  reader,
  escapeCharacter,
  report,
}: InstructionSource): InstructionNode {
  const onLine = (line: Line) => {
    checkLineLength(line, report);
  };
  const { pieces, mapped } = readLogicalLine({ first, reader, escapeCharacter, onLine });
  const layout = layOutLine(mapped.text, escapeCharacter);
  if (layout.badJson !== undefined) reportBadJson(mapped, layout, report);
  const indent = first.text.slice(0, (pieces[0]?.start.column ?? 1) - first.start.column);
  const parts: InstructionPart[] = [];
  if (indent !== "") {
    parts.push({
      kind: "space",
      span: { start: first.start, end: pieces[0]?.start ?? first.start },
      text: indent,
    });
  }
  for (const part of buildParts(mapped.text, pieces, layout.ranges)) parts.push(part);
  if (mayHoldHeredocs(layout)) {
    for (const heredoc of takeHeredocs({ mapped, reader, onLine, report })) parts.push(heredoc);
  }
  const span = { start: first.start, end: nextPosition(reader) };
  return { kind: "instruction", span, name: layout.name, form: layout.form, parts };
}

/** Here-documents belong to RUN, COPY, ADD, and to ONBUILD with one of them, never to JSON arguments. */
function mayHoldHeredocs(layout: LineLayout): boolean {
  const keywords = layout.ranges.filter((range) => range.kind === "keyword").length;
  const isKnown = layout.innerName === "run" || layout.innerName === "copy" || layout.innerName === "add";
  return isKnown && keywords <= 2 && layout.form === "plain";
}

interface HeredocSource {
  readonly mapped: MappedText;
  readonly reader: LineReader;
  readonly onLine: (line: Line) => void;
  readonly report: Report;
}

function takeHeredocs({ mapped, reader, onLine, report }: HeredocSource): readonly HeredocPart[] {
  const heredocs = readHeredocs(mapped, reader, onLine);
  for (const { part, isTerminated } of heredocs) {
    if (isTerminated) continue;
    report({
      rule: "DOCKERFILE_UNTERMINATED_HEREDOC",
      message: `no line ${JSON.stringify(part.name)} ends the here-document`,
      span: part.wordSpan,
      hint: `Put ${part.name} alone on a line behind the text`,
      docs: referenceUrl("here-documents"),
    });
  }
  return heredocs.map((heredoc) => heredoc.part);
}

function reportBadJson(mapped: MappedText, layout: LineLayout, report: Report): void {
  const [start, end] = layout.badJson ?? [0, 0];
  report({
    rule: "DOCKERFILE_INVALID_JSON",
    message: `the JSON array of ${layout.innerName.toUpperCase()} holds something else than strings`,
    span: spanWithin(mapped, start, end),
    hint: "Put every item in double quotes",
    docs: referenceUrl("exec-form"),
  });
}
