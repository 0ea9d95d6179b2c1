import { applyFixes, type Diagnostic, renderDiagnostic } from "@oci-build/dockerfile";
import { Command, Option } from "commander";
import type { ImageKnowledge } from "../../base/checked-images.js";
import { writeWholeFile } from "../../output/write-whole-file.js";
import { exitCodeOf } from "../exit-code.js";
import { reportError } from "../report-error.js";
import { type CliProcess, textStyle } from "../terminal.js";
import { type CheckedFile, checkFile } from "./check-file.js";
import type { CheckImages } from "./check-images.js";
import { readUsage } from "./read-usage.js";
import { reportFailure } from "./report-failure.js";
import { sarifLog } from "./sarif.js";
import { readSourceFile, readSourceFiles, type SourceFile } from "./source-files.js";

const formats = ["text", "json", "sarif"] as const;

interface CheckFlags {
  readonly fix?: true | undefined;
  readonly images?: ImageKnowledge | undefined;
  readonly platform?: string | undefined;
  readonly format: (typeof formats)[number];
}

/** Fixing one finding may show or hide another; after so many rounds something goes in circles. */
const FIX_ROUNDS_MAX = 8;

/** `oci-build check [--fix] [--format text|json|sarif] FILE…`: exit code 1 when anything is found. Findings go to
 * standard output, since they are the result. */
export function runCheck(args: readonly string[], process: CliProcess): Promise<number> {
  return reportFailure(() => checkAll(args, process), process);
}

async function checkAll(args: readonly string[], process: CliProcess): Promise<number> {
  const usage = readUsage<CheckFlags>(declare(), args, process);
  if (!usage.ok) return usage.exitCode;
  const { fix, format, images: knowledge, platform } = usage.options;
  const images = knowledge && { knowledge, platform, process };
  const checked: CheckedFile[] = [];
  for (const source of await readSourceFiles(usage.operands)) {
    try {
      checked.push(await (fix === true ? checkAndFix(source, images) : checkWith(source, images)));
    } catch (error) {
      reportError(error, { process, source: { file: source.label, text: source.text } });
      return exitCodeOf(error);
    }
  }
  process.stdout.write(render(checked, format, process));
  return checked.some(({ diagnostics }) => diagnostics.length > 0) ? 1 : 0;
}

function declare(): Command {
  return new Command("oci-build check")
    .description(
      "Checks Dockerfiles for mistakes and bad habits: BuildKit's rules by their names, and some of ours.",
    )
    .argument("[FILE...]", "Dockerfiles, folders or patterns (default: ./Dockerfile)")
    .addOption(new Option("--fix", "mend what can be mended without a person"))
    .addOption(
      new Option(
        "--images <where>",
        "check also what base images tell: those of the local store, or as in a build those of registries",
      ).choices(["store", "registry"]),
    )
    .addOption(new Option("--platform <os/arch>", "that is built for, with --images"))
    .addOption(
      new Option("--format <format>", "how to show what was found").choices(formats).default("text"),
    );
}

/** Checks a file, and once more with what its images tell: that of a file with errors is not asked for. */
async function checkWith(source: SourceFile, images: CheckImages | undefined): Promise<CheckedFile> {
  const checked = checkFile(source);
  if (images === undefined || checked.diagnostics.some(isError)) return checked;
  const { checkImages } = await import("./check-images.js");
  return checkFile(source, await checkImages(source, images));
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}

/** Mends until nothing changes, and gives what is left. */
async function checkAndFix(source: SourceFile, images: CheckImages | undefined): Promise<CheckedFile> {
  let checked = await checkWith(source, images);
  for (let round = 0; round < FIX_ROUNDS_MAX; round++) {
    const { diagnostics, ignoreFile } = checked;
    const changes = [
      await fixOne(checked.source, diagnostics, undefined),
      ignoreFile === undefined ? "unchanged" : await fixOne(ignoreFile, diagnostics, ignoreFile.label),
    ];
    if (!changes.includes("changed")) return checked;
    checked = await checkWith(readSourceFile(source.label), images);
  }
  return checked;
}

async function fixOne(
  { label, text }: SourceFile,
  diagnostics: readonly Diagnostic[],
  file: string | undefined,
): Promise<"changed" | "unchanged"> {
  const fixed = applyFixes(text, diagnostics, file).text;
  if (fixed === text) return "unchanged";
  await writeWholeFile(label, (handle) => handle.writeFile(fixed));
  return "changed";
}

function render(checked: readonly CheckedFile[], format: CheckFlags["format"], process: CliProcess): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(checked.map(jsonFile), undefined, 2)}\n`;
    case "sarif":
      return `${JSON.stringify(sarifLog(checked), undefined, 2)}\n`;
    case "text":
      return checked.map((file) => renderFindings(file, process)).join("");
  }
}

function jsonFile({ source, diagnostics, failed }: CheckedFile): object {
  return { file: source.label, failed, diagnostics };
}

/** The findings of a file as code frames. */
export function renderFindings(
  { source, ignoreFile, diagnostics }: CheckedFile,
  process: CliProcess,
): string {
  const { color, width } = textStyle(process.stdout, process.env);
  return diagnostics
    .map((diagnostic) => {
      const of = diagnostic.file === undefined ? source : (ignoreFile ?? source);
      const options = { file: of.label, width, color: color ? "ansi" : "plain" } as const;
      return `${renderDiagnostic(diagnostic, of.text, options)}\n`;
    })
    .join("");
}
