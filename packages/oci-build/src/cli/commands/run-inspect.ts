import { Command, Option } from "commander";
import { buildError } from "../../errors.js";
import { describeImage } from "../../images/describe-image.js";
import type { ImageSession } from "../../images/image-session.js";
import type { OpenedImage } from "../../images/opened-image.js";
import { writeToStream } from "../../output/write-to-stream.js";
import { escapeControls } from "../escape-controls.js";
import { exactJson } from "../safe-json.js";
import type { CliProcess } from "../terminal.js";
import { type ImageFlags, platformOption, runImageCommand } from "./image-flags.js";

interface InspectFlags extends ImageFlags {
  readonly raw?: true | undefined;
  readonly config?: true | undefined;
  readonly format?: string | undefined;
  readonly platform?: string | undefined;
}

/** `oci-build inspect IMAGE...`: what images are, as `docker image inspect` tells it; `--raw` and `--config` as skopeo. */
export function runInspect(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand<InspectFlags>(
    declare(),
    { args, process, whenMissing: "leave" },
    async ({ flags, operands, session }) => {
      checkFlags(flags, operands);
      const write = (bytes: Buffer): Promise<void> =>
        writeToStream(process.stdout, shown(bytes, process), session.signal);
      if (flags.raw === true || flags.config === true) {
        await using image = await session.open(operands[0] ?? "");
        await write(await document(image, flags, session));
        return 0;
      }
      const described: unknown[] = [];
      for (const name of operands) {
        await using image = await session.open(name);
        described.push(describeImage(image, await image.forPlatform(session.platform(flags.platform))));
      }
      await write(Buffer.from(`${exactJson(described, flags.format === "json" ? "line" : "indented")}\n`));
      return 0;
    },
  );
}

function declare(): Command {
  return new Command("oci-build inspect")
    .usage("[options] IMAGE...")
    .description("Tells what images are, as JSON.")
    .argument("<IMAGE...>", "a name, docker://NAME, oci-layout://FOLDER:TAG, oci-archive:FILE or a path")
    .addOption(new Option("--raw", "the manifest or index as it is stored, byte for byte"))
    .addOption(new Option("--config", "the config; with --raw as it is stored"))
    .addOption(new Option("-f, --format <format>", "json: all on one line"))
    .addOption(platformOption());
}

/** @throws OciBuildError OPTION_INVALID */
function checkFlags({ raw, config, format }: InspectFlags, operands: readonly string[]): void {
  if (format !== undefined && format !== "json") {
    throw buildError("OPTION_INVALID", {
      message: `--format ${format}: templates are not supported`,
      data: { option: "--format", value: format },
      hint: "Leave it out, or write --format json, and choose with a tool such as jq.",
    });
  }
  if ((raw === true || config === true) && operands.length > 1) {
    const option = raw === true ? "--raw" : "--config";
    throw buildError("OPTION_INVALID", {
      message: `${option}: one image at a time`,
      data: { option, value: operands.join(" ") },
    });
  }
}

/** The bytes of one of an image's documents. Without a platform the root is the raw manifest, index or not. */
async function document(
  image: OpenedImage,
  { raw, config, platform }: InspectFlags,
  session: ImageSession,
): Promise<Buffer> {
  if (config !== true && platform === undefined) return image.root.bytes;
  const found = await image.forPlatform(session.platform(platform));
  if (config !== true) return found.manifest.bytes;
  if (raw === true) return found.config.bytes;
  const value: unknown = JSON.parse(found.config.bytes.toString("utf8"));
  return Buffer.from(`${exactJson(value, "indented")}\n`);
}

/** Byte for byte, but to a terminal without what that would obey. */
function shown(bytes: Buffer, { stdout }: CliProcess): Buffer {
  return stdout.isTTY === true ? Buffer.from(escapeControls(bytes.toString("utf8"), "keep-lines")) : bytes;
}
