import { Command, Option } from "commander";
import { imageFacts } from "../../images/image-facts.js";
import { type ImageStep, imageHistory } from "../../images/image-history.js";
import { writeToStream } from "../../output/write-to-stream.js";
import { fitColumns } from "../columns-of.js";
import { exactJson } from "../safe-json.js";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { dockerSize } from "./docker-size.js";
import { createdAt, createdSince } from "./docker-time.js";
import { formatColumns } from "./format-columns.js";
import { type ImageFlags, platformOption, runImageCommand } from "./image-flags.js";
import { shortId } from "./short-id.js";

interface HistoryFlags extends ImageFlags {
  readonly quiet?: true | undefined;
  /** False by `--no-trunc`. */
  readonly trunc: boolean;
  readonly format: "table" | "json";
  readonly platform?: string | undefined;
}

/** As wide as Docker shows what made a layer. */
const CREATED_BY_COLUMNS = 45;
const MISSING = "<missing>";

/** `oci-build history IMAGE`: how an image came to be, newest first, as `docker history` tells it. */
export function runHistory(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand<HistoryFlags>(
    declare(),
    { args, process, whenMissing: "leave" },
    async ({ flags, operands, session }) => {
      await using image = await session.open(operands[0] ?? "");
      const steps = imageHistory(imageFacts(await image.forPlatform(session.platform(flags.platform))));
      const text = lines(steps, flags).map((line) => `${line}\n`);
      await writeToStream(process.stdout, Buffer.from(text.join("")), session.signal);
      return 0;
    },
  );
}

function declare(): Command {
  return new Command("oci-build history")
    .usage("[options] IMAGE")
    .description("Shows how an image came to be, newest first.")
    .argument("<IMAGE>", "a name, docker://NAME, oci-layout://FOLDER:TAG, oci-archive:FILE or a path")
    .addOption(new Option("-q, --quiet", "only show image IDs"))
    .addOption(new Option("--no-trunc", "cut nothing off"))
    .addOption(
      new Option("--format <format>", "table, or json for an object a line")
        .choices(["table", "json"])
        .default("table"),
    )
    .addOption(platformOption());
}

function lines(steps: readonly ImageStep[], { quiet, trunc, format }: HistoryFlags): readonly string[] {
  const idOf = ({ id }: ImageStep): string => (id === undefined ? MISSING : trunc ? shortId(id) : id);
  if (quiet === true) return steps.map(idOf);
  const nowMs = Date.now();
  if (format === "json") {
    return steps.map((step) =>
      exactJson({
        Comment: step.comment,
        CreatedAt: createdAt(step.created),
        CreatedBy: step.createdBy,
        CreatedSince: createdSince(step.created, nowMs),
        ID: idOf(step),
        Size: dockerSize(step.size),
      }),
    );
  }
  const rows = steps.map((step) => {
    const createdBy = safeText(step.createdBy);
    const shown = trunc ? fitColumns(createdBy, CREATED_BY_COLUMNS) : createdBy;
    const since = createdSince(step.created, nowMs);
    return [idOf(step), since, shown, dockerSize(step.size), safeText(step.comment)];
  });
  return formatColumns([["IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"], ...rows]);
}
