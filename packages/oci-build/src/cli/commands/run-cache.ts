import type { CliProcess } from "../terminal.js";
import { formatColumns } from "./format-columns.js";
import { reportFailure } from "./report-failure.js";

const EXIT_USAGE = 2;

interface CacheCommand {
  readonly name: string;
  readonly description: string;
  readonly run: (args: readonly string[], process: CliProcess) => Promise<number>;
}

const commands: readonly CacheCommand[] = [
  {
    name: "du",
    description: "show what the cache takes of the disk, by kind and by project",
    run: async (args, process) => (await import("./run-cache-du.js")).runCacheDu(args, process),
  },
  {
    name: "ls",
    description: "list the records: what each step gave, last used first",
    run: async (args, process) => (await import("./run-cache-ls.js")).runCacheLs(args, process),
  },
  {
    name: "prune",
    description: "remove what is not used, is too old or too much",
    run: async (args, process) => (await import("./run-cache-prune.js")).runCachePrune(args, process),
  },
  {
    name: "verify",
    description: "read everything in the cache and name what is damaged",
    run: async (args, process) => (await import("./run-cache-verify.js")).runCacheVerify(args, process),
  },
];

/** `oci-build cache du|ls|prune|verify`. Results go to standard output; exit code 1 when `verify` found damage. */
export async function runCache(args: readonly string[], process: CliProcess): Promise<number> {
  const [name = "", ...rest] = args;
  const command = commands.find((known) => known.name === name);
  if (command !== undefined) return reportFailure(() => command.run(rest, process), process);
  if (name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(helpText());
    return 0;
  }
  process.stderr.write(name === "" ? helpText() : `error: unknown command 'cache ${name}'\n\n${helpText()}`);
  return EXIT_USAGE;
}

function helpText(): string {
  const rows = commands.map(({ name, description }) => [`  ${name}`, description]);
  return [
    "Usage: oci-build cache COMMAND [options]",
    "",
    "Looks at the cache and keeps it in order.",
    "",
    "Commands:",
    ...formatColumns(rows),
    "",
    "oci-build cache COMMAND --help tells more of each.",
    "",
  ].join("\n");
}
