import { Command, Option } from "commander";
import { describeChange } from "../../explain/describe-files.js";
import type { FileChange } from "../../explain/file-change.js";
import type { ConfigChange } from "../../images/diff-config.js";
import { diffWithin, type ImageDiff } from "../../images/diff-images.js";
import { writeToStream } from "../../output/write-to-stream.js";
import { type Paint, paint } from "../paint.js";
import { exactJson } from "../safe-json.js";
import { safeText } from "../safe-text.js";
import { type CliProcess, textStyle } from "../terminal.js";
import { type ImageFlags, platformOption, runImageCommand } from "./image-flags.js";

interface DiffFlags extends ImageFlags {
  readonly exitCode?: true | undefined;
  readonly format: "text" | "json";
  readonly platform?: string | undefined;
}

const EXIT_DIFFERENT = 1;

/** `oci-build diff A B`: which files and what of the config differ between two images. With `--exit-code` the exit code
 * says it too, as with git. */
export function runDiff(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand<DiffFlags>(declare(), { args, process }, async ({ flags, operands, session }) => {
    const [before = "", after = ""] = operands;
    const diff = await diffWithin(session, { before, after, platform: flags.platform });
    const style = textStyle(process.stdout, process.env);
    const shown = flags.format === "json" ? [exactJson(diff, "indented")] : lines(diff, style);
    await writeToStream(
      process.stdout,
      Buffer.from(shown.map((line) => `${line}\n`).join("")),
      session.signal,
    );
    const isSame = diff.files.length === 0 && diff.config.length === 0;
    return flags.exitCode === true && !isSame ? EXIT_DIFFERENT : 0;
  });
}

function declare(): Command {
  return new Command("oci-build diff")
    .usage("[options] A B")
    .description("Shows which files, and what of the config, differ between two images. Unpacks nothing.")
    .argument("<A>", "a name, docker://NAME, oci-layout://FOLDER:TAG, oci-archive:FILE or a path")
    .argument("<B>", "the same")
    .addOption(new Option("--exit-code", "exit with 1 when they differ, 0 when not"))
    .addOption(
      new Option("--format <format>", "how to show the result").choices(["text", "json"]).default("text"),
    )
    .addOption(platformOption());
}

type Style = ReturnType<typeof textStyle>;

/** `docker diff`'s letters, and R for what was renamed. */
const LETTERS: Readonly<Record<FileChange["kind"], readonly [letter: string, color: Paint]>> = {
  added: ["A", "green"],
  changed: ["C", "yellow"],
  deleted: ["D", "red"],
  renamed: ["R", "cyan"],
};

function lines({ files, config }: ImageDiff, style: Style): readonly string[] {
  return [
    ...files.map((change) => fileLine(change, style)),
    ...config.map((change) => configLine(change, style)),
  ];
}

function fileLine(change: FileChange, style: Style): string {
  const [letter, color] = LETTERS[change.kind];
  return `${paint(letter, color, style)} /${safeText(describeChange(change))}`;
}

function configLine({ name, before, after }: ConfigChange, style: Style): string {
  const label = safeText(name);
  if (before === undefined) return `${paint("A", "green", style)} ${label}${assigned(after)}`;
  if (after === undefined) return `${paint("D", "red", style)} ${label}${assigned(before)}`;
  return `${paint("C", "yellow", style)} ${label}: ${safeText(before)} → ${safeText(after)}`;
}

function assigned(value: string | undefined): string {
  return value === undefined || value === "" ? "" : `: ${safeText(value)}`;
}
