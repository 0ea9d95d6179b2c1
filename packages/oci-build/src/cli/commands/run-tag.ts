import { Command } from "commander";
import { copyWithin } from "../../images/copy-image.js";
import { parseDestination } from "../../images/image-destination.js";
import type { CliProcess } from "../terminal.js";
import { runImageCommand } from "./image-flags.js";

/** `oci-build tag SOURCE TARGET`: gives an image one more name. Says nothing, as `docker tag`. */
export function runTag(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand(declare(), { args, process }, async ({ operands, session }) => {
    const [source = "", name = ""] = operands;
    await copyWithin(session, { source, target: parseDestination(name, "store"), all: true });
    return 0;
  });
}

function declare(): Command {
  return new Command("oci-build tag")
    .usage("SOURCE TARGET")
    .description("Gives an image one more name, in the local store or, with docker://NAME, in a registry.")
    .argument("<SOURCE>", "an image of the local store, else of a registry, or a file")
    .argument("<TARGET>", "name[:tag] or docker://name[:tag]");
}
