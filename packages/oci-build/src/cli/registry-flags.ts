import { type Command, Option } from "commander";

/** Declares the flags on a command. */
export function withRegistryFlags(command: Command, which: "all" | "no mirrors" = "all"): Command {
  command.addOption(
    repeatable("--insecure-registry <host>", "registry that need not speak https; repeatable"),
  );
  if (which === "all") {
    command.addOption(
      repeatable("--registry-mirror <host=url>", "address that is asked before a registry; repeatable"),
    );
  }
  return command.addOption(
    repeatable("--registry-ca <host=file>", "PEM file of the authority that vouches for it; repeatable"),
  );
}

/** A flag that may be given more than once; its values are a list. */
export function repeatable(flags: string, description: string): Option {
  const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
    ...(previous ?? []),
    value,
  ];
  return new Option(flags, description).argParser(collect);
}
