import { Command, Option } from "commander";
import { type ValidatedImage, validateNamed } from "../../images/validate-named.js";
import { writeToStream } from "../../output/write-to-stream.js";
import { paint } from "../paint.js";
import { safeJson } from "../safe-json.js";
import { safeText } from "../safe-text.js";
import { type CliProcess, textStyle } from "../terminal.js";
import { type ImageFlags, runImageCommand } from "./image-flags.js";

interface ValidateFlags extends ImageFlags {
  readonly format: "text" | "json";
}

const EXIT_UNSOUND = 1;

/** `oci-build validate IMAGE`: recomputes all that an image states about itself. Exit code 1 when something is wrong. */
export function runValidate(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand<ValidateFlags>(
    declare(),
    { args, process, whenMissing: "leave" },
    async ({ flags, operands, session }) => {
      const validated = await validateNamed(session, operands[0] ?? "");
      const text =
        flags.format === "json" ? safeJson(validated, "indented") : lines(validated, process).join("\n");
      await writeToStream(process.stdout, Buffer.from(`${text}\n`), session.signal);
      return validated.mismatches.length === 0 ? 0 : EXIT_UNSOUND;
    },
  );
}

function declare(): Command {
  return new Command("oci-build validate")
    .usage("[options] IMAGE")
    .description("Checks all digests, sizes, documents and layers of an image, and lists what is wrong.")
    .argument("<IMAGE>", "a name, docker://NAME, oci-layout://FOLDER:TAG, oci-archive:FILE or a path")
    .addOption(
      new Option("--format <format>", "how to show the result").choices(["text", "json"]).default("text"),
    );
}

function lines({ reference, mismatches }: ValidatedImage, { stdout, env }: CliProcess): readonly string[] {
  const style = textStyle(stdout, env);
  const name = safeText(reference);
  if (mismatches.length === 0) return [`${name}: ${paint("sound", "green", style)}`];
  const count = `${mismatches.length} ${mismatches.length === 1 ? "mismatch" : "mismatches"}`;
  return [
    ...mismatches.map(({ path, rule, stated, found }) => {
      const told = `expected ${safeText(stated)}, found ${safeText(found)}`;
      return `${safeText(path)}: ${paint(rule, "yellow", style)}: ${told}`;
    }),
    `${name}: ${paint(count, "red", style)}`,
  ];
}
