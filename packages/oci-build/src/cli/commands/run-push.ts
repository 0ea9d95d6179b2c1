import { Command, Option } from "commander";
import { pushStoredImage, type RegistryDestination } from "../../images/push-image.js";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { type ImageFlags, runImageCommand } from "./image-flags.js";
import { TransferLines } from "./transfer-lines.js";

interface PushFlags extends ImageFlags {
  readonly quiet?: true | undefined;
  readonly platform?: string | undefined;
}

/** `oci-build push NAME [DESTINATION]`: puts an image of the local store, or of a file, into a registry. */
export function runPush(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand<PushFlags>(
    declare(),
    { args, process, whenMissing: "leave" },
    async ({ flags, operands, session }) => {
      const [name = "", destination] = operands;
      const isQuiet = flags.quiet === true;
      const lines = new TransferLines(process, { done: "Pushed", present: "Layer already exists" });
      let tag = "";
      const onTarget = ({ reference }: RegistryDestination): void => {
        tag = reference.tag ?? "";
        const repository = `${reference.registry}/${reference.repository}`;
        if (!isQuiet) process.stdout.write(`The push refers to repository [${safeText(repository)}]\n`);
      };
      const pushed = await pushStoredImage(session, {
        ...{ name, destination, platform: flags.platform, onTarget },
        onProgress: isQuiet ? undefined : lines.onProgress,
      });
      if (isQuiet) process.stdout.write(`${safeText(pushed.destination.slice("docker://".length))}\n`);
      else {
        lines.finish(pushed);
        process.stdout.write(`${safeText(tag)}: digest: ${pushed.digest} size: ${pushed.size}\n`);
      }
      return 0;
    },
  );
}

function declare(): Command {
  return new Command("oci-build push")
    .usage("[options] NAME [DESTINATION]")
    .description("Puts an image of the local store, or of a file, into a registry.")
    .argument("<NAME>", "an image of the local store, or a file")
    .argument("[DESTINATION]", "registry/name[:tag] (default: NAME)")
    .addOption(new Option("-q, --quiet", "print the full name, and nothing else"))
    .addOption(
      new Option("--platform <os/arch>", "of an image for several platforms only this one (default: all)"),
    );
}
