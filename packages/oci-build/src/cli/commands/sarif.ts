import {
  checkRules,
  type Diagnostic,
  dockerfileRules,
  type Span,
  type TextEdit,
} from "@oci-build/dockerfile";
import type { CheckedFile } from "./check-file.js";

/** What was found, in the form that code hosts show beside the code.
 * Columns count UTF-16 code units, as spans do.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html */
export function sarifLog(checked: readonly CheckedFile[]): object {
  const used = [...new Set(checked.flatMap(({ diagnostics }) => diagnostics.map(({ rule }) => rule)))].sort();
  const rules = used.map((id) => ({ id, shortDescription: { text: describeRule(id) } }));
  const results = checked.flatMap((file) =>
    file.diagnostics.map((diagnostic) => ({
      ...sarifResult(diagnostic, file),
      ruleIndex: used.indexOf(diagnostic.rule),
    })),
  );
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver: { name: "oci-build", rules } }, columnKind: "utf16CodeUnits", results }],
  };
}

function describeRule(id: string): string {
  const check = checkRules.find(({ name }) => name === id);
  return check?.description ?? (dockerfileRules as Readonly<Record<string, string>>)[id] ?? id;
}

function sarifResult(diagnostic: Diagnostic, file: CheckedFile): object {
  const { rule, severity, message, hint, span, fixes } = diagnostic;
  const artifactLocation = { uri: fileUri(diagnostic.file ?? file.source.label) };
  return {
    ruleId: rule,
    level: severity,
    message: { text: hint === undefined ? message : `${message}. ${hint}` },
    locations: [{ physicalLocation: { artifactLocation, region: region(span) } }],
    ...(fixes === undefined
      ? {}
      : { fixes: [{ artifactChanges: [{ artifactLocation, replacements: fixes.map(replacement) }] }] }),
  };
}

function replacement({ span, text }: TextEdit): object {
  return { deletedRegion: region(span), insertedContent: { text } };
}

function region({ start, end }: Span): object {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** A path as a relative reference: `/` between names, everything else that means something in a URI escaped. */
function fileUri(file: string): string {
  return file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
}
