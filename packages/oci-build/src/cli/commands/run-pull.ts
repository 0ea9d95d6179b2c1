import { familiarName, parseReference } from "@oci-build/registry";
import { Command, Option } from "commander";
import { pullImage } from "../../images/pull-image.js";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { type ImageFlags, platformOption, runImageCommand } from "./image-flags.js";
import { TransferLines } from "./transfer-lines.js";

interface PullFlags extends ImageFlags {
  readonly quiet?: true | undefined;
  readonly allPlatforms?: true | undefined;
  readonly platform?: string | undefined;
}

/** `oci-build pull NAME`: fetches an image from its registry into the local store. */
export function runPull(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand<PullFlags>(declare(), { args, process }, async ({ flags, operands, session }) => {
    const [name = ""] = operands;
    const isQuiet = flags.quiet === true;
    const lines = new TransferLines(process, { done: "Pull complete", present: "Already exists" });
    const pulled = await pullImage(session, {
      ...{ name, platform: flags.platform, all: flags.allPlatforms === true },
      onProgress: isQuiet ? undefined : lines.onProgress,
    });
    if (!isQuiet) {
      lines.finish(pulled);
      const shown = safeText(familiarName(parseReference(pulled.name)));
      const isUnchanged = pulled.outcome === "unchanged";
      process.stdout.write(`Digest: ${pulled.registryDigest}\n`);
      process.stdout.write(
        `Status: ${isUnchanged ? "Image is up to date" : "Downloaded newer image"} for ${shown}\n`,
      );
    }
    process.stdout.write(`${safeText(pulled.name)}\n`);
    return 0;
  });
}

function declare(): Command {
  return new Command("oci-build pull")
    .usage("[options] NAME")
    .description("Fetches an image from its registry into the local store.")
    .argument("<NAME>", "name[:tag|@digest]")
    .addOption(new Option("--all-platforms", "all of an image for several platforms").conflicts("platform"))
    .addOption(new Option("-q, --quiet", "print the full name, and nothing else"))
    .addOption(platformOption());
}
