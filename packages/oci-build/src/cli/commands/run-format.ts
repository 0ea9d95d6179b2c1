import { text as readText } from "node:stream/consumers";
import { format } from "@oci-build/dockerfile";
import { Command, Option } from "commander";
import { writeWholeFile } from "../../output/write-whole-file.js";
import type { CliProcess } from "../terminal.js";
import { readUsage } from "./read-usage.js";
import { reportFailure } from "./report-failure.js";
import { readSourceFiles } from "./source-files.js";

/** `oci-build format [--check] FILE…`: writes the files that change and names them on standard output. With `--check`
 * nothing is written, and the exit code is 1 when something would be. `-` formats standard input to standard output. */
export function runFormat(args: readonly string[], process: CliProcess): Promise<number> {
  return reportFailure(() => formatAll(args, process), process);
}

async function formatAll(args: readonly string[], process: CliProcess): Promise<number> {
  const usage = readUsage<{ check?: true }>(declare(), args, process);
  if (!usage.ok) return usage.exitCode;
  const isCheck = usage.options.check === true;
  if (usage.operands.length === 1 && usage.operands[0] === "-") return formatStream(isCheck, process);
  let changedFiles = 0;
  for (const { label, text } of await readSourceFiles(usage.operands)) {
    const formatted = format(text);
    if (formatted === text) continue;
    changedFiles += 1;
    if (!isCheck) await writeWholeFile(label, (handle) => handle.writeFile(formatted));
    process.stdout.write(`${label}\n`);
  }
  return isCheck && changedFiles > 0 ? 1 : 0;
}

function declare(): Command {
  return new Command("oci-build format")
    .description("Writes Dockerfiles in one style; what they mean does not change.")
    .argument("[FILE...]", "Dockerfiles, folders, patterns, or - for standard input (default: ./Dockerfile)")
    .addOption(new Option("--check", "write nothing; exit with 1 when a file is not formatted"));
}

async function formatStream(isCheck: boolean, process: CliProcess): Promise<number> {
  const text = await readText(process.stdin);
  const formatted = format(text);
  if (isCheck) return formatted === text ? 0 : 1;
  process.stdout.write(formatted);
  return 0;
}
