import { Command, Option } from "commander";
import { copyWithin } from "../../images/copy-image.js";
import { parseDestination } from "../../images/image-destination.js";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { type ImageFlags, platformOption, runImageCommand } from "./image-flags.js";
import { TransferLines } from "./transfer-lines.js";

interface CopyFlags extends ImageFlags {
  readonly all?: true | undefined;
  readonly quiet?: true | undefined;
  readonly platform?: string | undefined;
}

/** `oci-build copy SOURCE DESTINATION`: copies an image between any two places; its bytes stay. */
export function runCopy(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand<CopyFlags>(declare(), { args, process }, async ({ flags, operands, session }) => {
    const [source = "", destination = ""] = operands;
    const isQuiet = flags.quiet === true;
    const lines = new TransferLines(process, { done: "Copied", present: "Already exists" });
    const copied = await copyWithin(session, {
      source,
      target: parseDestination(destination, "store"),
      all: flags.all,
      platform: flags.platform,
      onProgress: isQuiet ? undefined : lines.onProgress,
    });
    if (!isQuiet) lines.finish(copied);
    process.stdout.write(
      isQuiet ? `${copied.digest}\n` : `${safeText(copied.destination)}  ${copied.digest}\n`,
    );
    return 0;
  });
}

function declare(): Command {
  return new Command("oci-build copy")
    .usage("[options] SOURCE DESTINATION")
    .description(
      "Copies an image between registries, files and the local store. Its bytes stay, and so its digests.",
    )
    .argument("<SOURCE>", "a name, docker://NAME, oci-layout://FOLDER:TAG, oci-archive:FILE or a path")
    .argument("<DESTINATION>", "the same; a bare name is one of the local store")
    .addOption(new Option("-a, --all", "all of an image for several platforms").conflicts("platform"))
    .addOption(new Option("-q, --quiet", "print the digest, and nothing else"))
    .addOption(platformOption());
}
