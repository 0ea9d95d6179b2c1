import { Command } from "commander";
import { removeImageName } from "../../images/remove-image-name.js";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { runImageCommand } from "./image-flags.js";

/** `oci-build rmi NAME...`: takes names of the local store away. What nothing needs any more goes with the next prune. */
export function runRmi(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand(
    declare(),
    { args, process, whenMissing: "leave" },
    async ({ operands, session }) => {
      const cache = await session.cache();
      for (const text of operands) {
        for (const name of await removeImageName(cache, text)) {
          process.stdout.write(`Untagged: ${safeText(name)}\n`);
        }
      }
      return 0;
    },
  );
}

function declare(): Command {
  return new Command("oci-build rmi")
    .usage("IMAGE...")
    .description("Takes names of the local store away; what nothing needs then goes with the next prune.")
    .argument("<IMAGE...>", "names, or IDs of images that have one name");
}
