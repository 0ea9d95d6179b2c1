import { type Diagnostic, renderDiagnostic } from "@oci-build/dockerfile";
import { isOciBuildError, type OciBuildError } from "@oci-build/oci";
import type { Place } from "../errors.js";
import { escapeControls } from "./escape-controls.js";
import { paint } from "./paint.js";
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
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr.write(`${paint("error", "red", style)}: this is a bug in oci-build; please report it\n${told}\n`);
    return;
  }
  const frames = source === undefined ? [] : diagnosticsOf(error);
  for (const diagnostic of frames) {
    const { file, text } = source ?? { file: "", text: "" };
    stderr.write(
      `${renderDiagnostic(diagnostic, text, { file, width: style.width, color: style.color ? "ansi" : "plain" })}\n`,
    );
  }
  if (frames.length > 0) return;
  stderr.write(`${paint("error", "red", style)}: ${escapeControls(error.message)} [${error.code}]\n`);
  if (error.hint !== undefined)
    stderr.write(`${paint("hint", "cyan", style)}: ${escapeControls(error.hint)}\n`);
}

/** The places that an error names: its diagnostics, or the step that it ended. */
function diagnosticsOf(error: OciBuildError): readonly Diagnostic[] {
  const { diagnostics, place } = error.data as {
    diagnostics?: readonly Diagnostic[];
    place?: Place;
  };
  if (diagnostics !== undefined) return diagnostics;
  if (place === undefined) return [];
  const { code, message, hint } = error;
  return [{ rule: code, severity: "error", message, span: place.span, notes: [], hint }];
}
