import { type ParsedDockerfile, parseDockerfile, renderDiagnostic } from "@oci-build/dockerfile";
import { Command, Option } from "commander";
import { type CliProcess, textStyle } from "../terminal.js";
import { readUsage } from "./read-usage.js";
import { reportFailure } from "./report-failure.js";
import { readSourceFiles, type SourceFile } from "./source-files.js";

/** `oci-build parse [--json] FILE`: shows what a Dockerfile is made of, mistakes included. Exit code 1 when it has
 * errors. */
export function runParse(args: readonly string[], process: CliProcess): Promise<number> {
  return reportFailure(() => parseAll(args, process), process);
}

async function parseAll(args: readonly string[], process: CliProcess): Promise<number> {
  const usage = readUsage<{ json?: true }>(declare(), args, process);
  if (!usage.ok) return usage.exitCode;
  const [source] = await readSourceFiles(usage.operands);
  if (source === undefined) return 0;
  const parsed = parseDockerfile(source.text);
  const shown =
    usage.options.json === true ? JSON.stringify(parsed, undefined, 2) : outlineOf(parsed).join("\n");
  process.stdout.write(`${shown}\n`);
  if (usage.options.json !== true) tellDiagnostics(parsed, source, process);
  return parsed.diagnostics.some(({ severity }) => severity === "error") ? 1 : 0;
}

function declare(): Command {
  return new Command("oci-build parse")
    .description("Shows a Dockerfile's stages and instructions, or with --json all that is known of it.")
    .argument("[FILE]", "Dockerfile or its folder (default: ./Dockerfile)")
    .addOption(new Option("--json", "the tree, the typed instructions and the diagnostics, as JSON"))
    .allowExcessArguments(false);
}

/** A line for each instruction, with its place; instructions of a stage stand under their FROM. */
function outlineOf({ stages }: ParsedDockerfile): readonly string[] {
  const globals = stages.globalArgs.map(({ span, text }) => `${span.start.line}: ${text}`);
  const staged = stages.stages.flatMap(({ from, instructions }) => [
    `${from.span.start.line}: ${from.text}`,
    ...instructions.map(({ span, text }) => `  ${span.start.line}: ${text}`),
  ]);
  return [...globals, ...staged];
}

function tellDiagnostics(
  { diagnostics }: ParsedDockerfile,
  { label, text }: SourceFile,
  process: CliProcess,
): void {
  const { color, width } = textStyle(process.stderr, process.env);
  for (const diagnostic of diagnostics) {
    const options = { file: label, width, color: color ? "ansi" : "plain" } as const;
    process.stderr.write(`${renderDiagnostic(diagnostic, text, options)}\n`);
  }
}
