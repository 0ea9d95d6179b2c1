import { quoted } from "../diagnostics/quoted.js";
import type { Report } from "../diagnostics/report.js";
import { referenceUrl } from "../diagnostics/report.js";
import type { InstructionNode, InstructionPart } from "../tree/ast.js";
import { type MappedText, spanWithin } from "../tree/mapped-text.js";
import { addParts } from "./add-parts.js";
import { type LayoutOptions, type LineLayout, layOutLine } from "./line-layout.js";
import { checkLineLength } from "./line-limit.js";
import type { Line, LineReader } from "./line-reader.js";
import { readLogicalLine } from "./logical-line.js";
import { type HeredocSource, readHeredocs } from "./read-heredocs.js";

export interface InstructionSource {
  readonly first: Line;
  readonly reader: LineReader;
  readonly layout: LayoutOptions;
  readonly report: Report;
}

/** Reads one instruction: its lines, and the lines of its here-documents. */
export function readInstruction({
  first,
  reader,
  layout: options,
  report,
}: InstructionSource): InstructionNode {
  const onLine = (line: Line) => {
    checkLineLength(line, report);
  };
  const { escapeCharacter } = options;
  const { pieces, mapped } = readLogicalLine({ first, reader, escapeCharacter, onLine });
  const layout = layOutLine(mapped.text, options);
  if (layout.badJson !== undefined) reportBadJson(mapped, layout, report);
  const start = pieces[0]?.start ?? first.start;
  const parts: InstructionPart[] = [];
  if (start !== first.start) {
    const text = first.text.slice(0, start.offset - first.start.offset);
    parts.push({ kind: "space", span: { start: first.start, end: start }, text });
  }
  addParts(parts, { line: mapped.text, pieces, layout: layout.ranges });
  if (mayHoldHeredocs(layout)) addHeredocs({ mapped, parts, reader, onLine }, report);
  const span = { start: first.start, end: reader.position };
  // A copy has no room for more, which an array that grew keeps for twelve parts.
  return { kind: "instruction", span, name: layout.name, form: layout.form, parts: parts.slice() };
}

/** Here-documents belong to RUN, COPY, ADD, and to ONBUILD with one of them, never to JSON arguments. */
function mayHoldHeredocs(layout: LineLayout): boolean {
  const isKnown = layout.innerName === "run" || layout.innerName === "copy" || layout.innerName === "add";
  if (!isKnown || layout.form !== "plain") return false;
  return layout.ranges.filter((range) => range.kind === "keyword").length <= 2;
}

function addHeredocs(source: HeredocSource, report: Report): void {
  const last = readHeredocs(source);
  if (last === undefined || last.end !== "") return;
  report({
    rule: "DOCKERFILE_UNTERMINATED_HEREDOC",
    message: `no line ${quoted(last.name)} ends the here-document`,
    span: last.wordSpan,
    hint: `Put ${last.name} alone on a line behind the text`,
    docs: referenceUrl("here-documents"),
  });
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
