import type { Span } from "../tree/span.js";
import type { Diagnostic } from "./diagnostic.js";
import { printableText } from "./printable.js";
import { type RenderedLine, renderLine } from "./render-line.js";
import { linesAround } from "./source-lines.js";

/** How a diagnostic is drawn. */
export interface RenderOptions {
  /** Name of the source as it is shown. */
  readonly file: string;
  /** `ansi` colours with escape sequences; `plain` by default. */
  readonly color?: "ansi" | "plain" | undefined;
  /** Columns of the terminal, at least 40; 100 by default. */
  readonly width?: number | undefined;
}

type Paint = (text: string, style: keyof typeof styles) => string;

const styles = { error: "31;1", warning: "33;1", place: "1", gutter: "2", hint: "36", docs: "4" } as const;
const defaultWidth = 100;
const minWidth = 40;

/** Draws a diagnostic for people: file:line:column, severity, message and rule; the source with carets under the
 * place and two lines around it; notes, hint and a link. Several lines, without a line break at the end.
 * What comes from the source cannot control a terminal: control characters and direction marks are made visible.
 *
 *     Dockerfile:2:6: error: COPY has no flag --form [DOCKERFILE_UNKNOWN_FLAG]
 *       1 | FROM scratch
 *     > 2 | COPY --form=base /a /b
 *         |      ^^^^^^^^^^^
 *       hint: Did you mean --from?
 */
export function renderDiagnostic(diagnostic: Diagnostic, source: string, options: RenderOptions): string {
  const paint: Paint = (text, style) =>
    options.color === "ansi" ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
  const width = Math.max(minWidth, options.width ?? defaultWidth);
  const { severity, span, rule } = diagnostic;
  const place = paint(placeOf(options.file, span), "place");
  const head = `${place}: ${paint(severity, severity)}: ${printableText(diagnostic.message)} [${printableText(rule)}]`;
  const lines = [head, ...renderFrame(source, span, { paint, width, severity })];
  for (const note of diagnostic.notes) {
    lines.push(
      `  note: ${printableText(note.message)}${note.span === undefined ? "" : ` (${placeOf(options.file, note.span)})`}`,
    );
  }
  if (diagnostic.hint !== undefined)
    lines.push(`  ${paint("hint", "hint")}: ${printableText(diagnostic.hint)}`);
  if (diagnostic.docs !== undefined) lines.push(`  docs: ${paint(printableText(diagnostic.docs), "docs")}`);
  return lines.join("\n");
}

function placeOf(file: string, { start }: Span): string {
  return `${printableText(file)}:${String(start.line)}:${String(start.column)}`;
}

interface FrameOptions {
  readonly paint: Paint;
  readonly width: number;
  readonly severity: Diagnostic["severity"];
}

function renderFrame(
  source: string,
  span: Span,
  { paint, width, severity }: FrameOptions,
): readonly string[] {
  const lines = linesAround(source, span);
  const digits = String(lines.at(-1)?.number ?? 1).length;
  const view = { width: width - digits - 5, markStart: span.start.offset, markEnd: span.end.offset };
  return lines.flatMap((line) => {
    const rendered = renderLine(source, { line, ...view });
    const mark = line.role === "marked" ? paint(">", severity) : " ";
    const number = String(line.number).padStart(digits);
    const text = `${mark} ${paint(`${number} |`, "gutter")} ${rendered.text}`.trimEnd();
    if (line.role !== "marked" || line.number !== span.start.line) return [text];
    return [text, `  ${paint(`${" ".repeat(digits)} |`, "gutter")} ${carets(rendered, paint, severity)}`];
  });
}

function carets(
  { caretStart, caretWidth }: RenderedLine,
  paint: Paint,
  severity: "error" | "warning",
): string {
  return " ".repeat(caretStart) + paint("^".repeat(caretWidth), severity);
}
