import { familiarName, parseReference } from "@oci-build/registry";
import { Command, Option } from "commander";
import { type ListedImage, listImages } from "../../images/list-images.js";
import { writeToStream } from "../../output/write-to-stream.js";
import { exactJson } from "../safe-json.js";
import type { CliProcess } from "../terminal.js";
import { dockerSize } from "./docker-size.js";
import { createdAt, createdSince } from "./docker-time.js";
import { formatColumns } from "./format-columns.js";
import { type ImageFlags, platformOption, runImageCommand } from "./image-flags.js";
import { shortId } from "./short-id.js";

interface ImagesFlags extends ImageFlags {
  readonly quiet?: true | undefined;
  readonly digests?: true | undefined;
  /** False by `--no-trunc`. */
  readonly trunc: boolean;
  readonly format: "table" | "json";
  readonly platform?: string | undefined;
}

const NONE = "<none>";

/** `oci-build images [REPOSITORY[:TAG]]`: what has a name in the local store, as `docker images` lists it. */
export function runImages(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand<ImagesFlags>(
    declare(),
    { args, process, whenMissing: "leave" },
    async ({ flags, operands, session }) => {
      const all = await listImages(await session.cache(), session.platform(flags.platform));
      const images = all.filter(isWanted(operands[0]));
      await writeToStream(
        process.stdout,
        Buffer.from(
          lines(images, flags)
            .map((line) => `${line}\n`)
            .join(""),
        ),
        session.signal,
      );
      return 0;
    },
  );
}

function declare(): Command {
  return new Command("oci-build images")
    .usage("[options] [REPOSITORY[:TAG]]")
    .description("Lists the images of the local store, newest first.")
    .argument("[REPOSITORY[:TAG]]")
    .addOption(new Option("-q, --quiet", "only show image IDs"))
    .addOption(new Option("--digests", "show digests"))
    .addOption(new Option("--no-trunc", "show whole IDs"))
    .addOption(
      new Option("--format <format>", "table, or json for an object a line")
        .choices(["table", "json"])
        .default("table"),
    )
    .addOption(platformOption());
}

/** @throws OciBuildError REGISTRY_REFERENCE_INVALID */
function isWanted(operand: string | undefined): (image: ListedImage) => boolean {
  if (operand === undefined || operand === "") return () => true;
  const wanted = parseReference(operand);
  return ({ name, digest }) =>
    name !== undefined &&
    name.registry === wanted.registry &&
    name.repository === wanted.repository &&
    (wanted.tag === undefined || name.tag === wanted.tag) &&
    (wanted.digest === undefined || digest === wanted.digest);
}

function lines(images: readonly ListedImage[], flags: ImagesFlags): readonly string[] {
  const shown = images.map((image) => shownImage(image, flags));
  if (flags.quiet === true) return shown.map(({ ID }) => ID);
  if (flags.format === "json") return shown.map((image) => exactJson(image));
  const withDigest = flags.digests === true;
  const rows = shown.map(({ Repository, Tag, Digest, ID, CreatedSince, Size }) => [
    ...[Repository, Tag],
    ...(withDigest ? [Digest] : []),
    ...[ID, CreatedSince, Size],
  ]);
  const heads = ["REPOSITORY", "TAG", ...(withDigest ? ["DIGEST"] : []), "IMAGE ID", "CREATED", "SIZE"];
  return formatColumns([heads, ...rows]);
}

/** In the words of Docker's JSON list. */
function shownImage({ name, digest, id, created, size }: ListedImage, { trunc }: ImagesFlags): ShownImage {
  return {
    Repository: name === undefined ? NONE : familiarName({ ...name, tag: undefined, digest: undefined }),
    Tag: name?.tag ?? NONE,
    Digest: digest,
    ID: trunc ? shortId(id ?? digest) : (id ?? digest),
    CreatedAt: createdAt(created),
    CreatedSince: createdSince(created, Date.now()),
    Size: size === undefined ? "N/A" : dockerSize(size),
  };
}

type ShownImage = Readonly<
  Record<"Repository" | "Tag" | "Digest" | "ID" | "CreatedAt" | "CreatedSince" | "Size", string>
>;
