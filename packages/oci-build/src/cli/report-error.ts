import { type Diagnostic, renderDiagnostic } from "@oci-build/dockerfile";
import { isOciBuildError, type OciBuildError } from "@oci-build/oci";
import type { Place } from "../errors.js";
import { escapeControls } from "./escape-controls.js";
import { mapStack } from "./map-stack.js";
import { paint } from "./paint.js";
import { outputLines } from "./progress/output-lines.js";
import { redact } from "./redact.js";
import { safeText } from "./safe-text.js";
import { type CliProcess, textStyle } from "./terminal.js";

/** What showing an error needs: where to write, and the Dockerfile's text if it was read. */
export interface ReportContext {
  readonly process: CliProcess;
  readonly source: { readonly file: string; readonly text: string } | undefined;
}

/** Shows an error on standard error: with a code frame where it has a place in the Dockerfile, else as a line, each
 * with its hint and code. What is no error of ours is a bug and is shown with its stack. */
export function reportError(error: unknown, { process, source }: ReportContext): void {
  const { stderr, env } = process;
  const style = textStyle(stderr, env);
  if (!isOciBuildError(error)) {
    const told = error instanceof Error ? mapStack(error.stack ?? error.message) : String(error);
    const shown = escapeControls(redact(told), "keep-lines");
    stderr.write(`${paint("error", "red", style)}: this is a bug in oci-build; please report it\n${shown}\n`);
    return;
  }
  const frames = source === undefined ? [] : diagnosticsOf(error);
  for (const diagnostic of frames) {
    const { file, text } = source ?? { file: "", text: "" };
    const options = {
      file: redact(file),
      width: style.width,
      color: style.color ? "ansi" : "plain",
    } as const;
    stderr.write(`${renderDiagnostic(redactDiagnostic(diagnostic), redact(text), options)}\n`);
  }
  if (frames.length > 0) {
    stderr.write(lastOutput(error, style));
    return;
  }
  stderr.write(`${paint("error", "red", style)}: ${safeText(error.message)} [${error.code}]\n`);
  if (error.hint !== undefined) stderr.write(`${paint("hint", "cyan", style)}: ${safeText(error.hint)}\n`);
}

/** The last lines of a command that failed; the display of a terminal has taken them away by now. */
function lastOutput({ data }: OciBuildError, style: ReturnType<typeof textStyle>): string {
  const { output } = data as { output?: unknown };
  if (typeof output !== "string" || output.trim() === "") return "";
  const lines = outputLines(output).map((line) => `${paint("  │", "dim", style)} ${line}\n`);
  return `the last that the command wrote:\n${lines.join("")}`;
}

/** The places that an error names: its diagnostics, or the step that it ended. */
function diagnosticsOf(error: OciBuildError): readonly Diagnostic[] {
  const { diagnostics, place } = error.data as {
    diagnostics?: readonly Diagnostic[];
    place?: Place;
  };
  if (diagnostics !== undefined) return diagnostics;
  const { code, message, hint } = error;
  // Who stops a build knows why; where it was then is of no use.
  if (place === undefined || code === "BUILD_ABORTED") return [];
  return [{ rule: code, severity: "error", message, span: place.span, notes: [], hint }];
}

function redactDiagnostic({ message, hint, notes, ...rest }: Diagnostic): Diagnostic {
  return {
    ...rest,
    message: redact(message),
    hint: hint === undefined ? undefined : redact(hint),
    notes: notes.map((note) => ({ ...note, message: redact(note.message) })),
  };
}
