import { type Command, Option } from "commander";
import { executorChoices, runNetworks } from "../options/run-choices.js";
import { repeatable } from "./registry-flags.js";

/** Gives a command the options that say how RUN is done. */
export function withRunFlags(command: Command): Command {
  return command
    .addOption(
      repeatable(
        "--secret <spec>",
        "what RUN --mount=type=secret finds: id=NAME,src=FILE or id=NAME,env=VARIABLE",
      ),
    )
    .addOption(
      repeatable(
        "--ssh <id[=path,…]>",
        "what RUN --mount=type=ssh finds: an agent's socket or keys' files; default: SSH_AUTH_SOCK's",
      ),
    )
    .addOption(repeatable("--allow <what>", "let RUN have network.host or security.insecure; repeatable"))
    .addOption(
      new Option("--network <mode>", "of RUN: default, which is the host's, none or host").choices(
        runNetworks,
      ),
    )
    .addOption(repeatable("--add-host <name=address>", "line of /etc/hosts in RUN; repeatable"))
    .addOption(new Option("--shm-size <size>", "of /dev/shm in RUN (default: 64m)"))
    .addOption(
      repeatable("--ulimit <name=soft[:hard]>", "resource limit of RUN, such as nofile=1024; repeatable"),
    )
    .addOption(
      new Option("--executor <name>", "what runs RUN (default: auto, the first that works)").choices(
        executorChoices,
      ),
    )
    .addOption(new Option("--run-timeout <duration>", "end a RUN that takes longer, such as 10m"))
    .addOption(new Option("--debug-shell", "open a shell in what a failed RUN left, on a terminal"))
    .addOption(new Option("--no-debug-shell", "open no shell").hideHelp());
}
