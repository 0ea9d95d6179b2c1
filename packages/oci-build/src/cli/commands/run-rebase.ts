import { Command, Option } from "commander";
import { parseDestination } from "../../images/image-destination.js";
import { rebaseWithin } from "../../images/rebase-image.js";
import { repeatable } from "../registry-flags.js";
import { safeText } from "../safe-text.js";
import type { CliProcess } from "../terminal.js";
import { type ImageFlags, platformOption, runImageCommand } from "./image-flags.js";

interface RebaseFlags extends ImageFlags {
  readonly oldBase?: string | undefined;
  readonly newBase?: string | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly output?: readonly string[] | undefined;
  readonly quiet?: true | undefined;
  readonly platform?: string | undefined;
}

/** `oci-build rebase IMAGE --old-base A --new-base B -t NAME`: a new base under the same layers, without a rebuild. */
export function runRebase(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand<RebaseFlags>(declare(), { args, process }, async ({ flags, operands, session }) => {
    const { oldBase, newBase, platform, tag = [], output = [] } = flags;
    const targets = [...tag, ...output].map((text) => parseDestination(text, "store"));
    const rebased = await rebaseWithin(session, {
      ...{ name: operands[0] ?? "", oldBase, newBase, platform, targets },
    });
    const { digest } = rebased;
    if (flags.quiet === true) {
      process.stdout.write(`${digest}\n`);
      return 0;
    }
    const kept = `${rebased.layersKept} ${rebased.layersKept === 1 ? "layer" : "layers"} kept`;
    process.stdout.write(`${safeText(rebased.oldBase)} → ${safeText(rebased.newBase)}, ${kept}\n`);
    for (const { destination } of rebased.outputs) {
      process.stdout.write(`${safeText(destination)}  ${digest}\n`);
    }
    return 0;
  });
}

function declare(): Command {
  return new Command("oci-build rebase")
    .usage("[options] IMAGE")
    .description("Puts an image's own layers on another base, without a rebuild.")
    .argument("<IMAGE>", "a name, docker://NAME, oci-layout://FOLDER:TAG, oci-archive:FILE or a path")
    .addOption(new Option("--old-base <image>", "what it was built on (default: what its annotations say)"))
    .addOption(
      new Option("--new-base <image>", "what it is to stand on (default: the same name, as it is now)"),
    )
    .addOption(repeatable("-t, --tag <name>", "name in the local store; repeatable"))
    .addOption(repeatable("-o, --output <place>", "another place, as for copy; repeatable"))
    .addOption(new Option("-q, --quiet", "print the digest, and nothing else"))
    .addOption(platformOption());
}
