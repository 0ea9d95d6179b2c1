import { Command, Option } from "commander";
import { compressionTypes } from "../options/compression.js";
import { escapeControls } from "./escape-controls.js";
import { goBooleans } from "./go-booleans.js";
import { type ProgressMode, progressModes } from "./progress/progress-mode.js";
import { redact } from "./redact.js";
import type { CliProcess } from "./terminal.js";

/** The build's options as the command line or the configuration file gives them; what was not given is undefined. */
export interface BuildFlags {
  readonly file?: string | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly target?: string | undefined;
  readonly buildArg?: readonly string[] | undefined;
  readonly label?: readonly string[] | undefined;
  readonly output?: readonly string[] | undefined;
  readonly compression?: string | undefined;
  readonly compressionLevel?: string | undefined;
  /** False for `--no-cache`. */
  readonly cache?: boolean | undefined;
  readonly trustStat?: boolean | undefined;
  readonly verify?: boolean | undefined;
  readonly platform?: readonly string[] | undefined;
  readonly progress?: ProgressMode | undefined;
  readonly quiet?: boolean | undefined;
  readonly iidfile?: string | undefined;
  readonly metadataFile?: string | undefined;
  readonly cacheDir?: string | undefined;
  readonly call?: string | undefined;
  readonly check?: boolean | undefined;
}

const HELP_COLUMNS = 80;
const HELP_MIN_COLUMNS = 40;
/** Longer lines are hard to read. */
const HELP_MAX_COLUMNS = 100;

/** What the command line asks for. */
export type Request =
  | { readonly kind: "build"; readonly context: string; readonly flags: BuildFlags }
  | { readonly kind: "version" };

/** Reads `[build] [options] CONTEXT`.
 * @throws CommanderError for wrong usage, which it has told of, and after `--help` */
export function parseArguments(args: readonly string[], process: CliProcess): Request {
  const command = declare(process);
  command.parse(goBooleans(args[0] === "build" ? args.slice(1) : args), { from: "user" });
  const { version, ...flags } = command.opts<BuildFlags & { version?: true }>();
  if (version === true) return { kind: "version" };
  const [context] = command.args;
  if (context === undefined) {
    const folder = args[0] === "build" ? "\nTo build the folder named build: oci-build ./build" : "";
    return command.error(`error: missing argument: CONTEXT\nTry: oci-build .${folder}`);
  }
  return { kind: "build", context, flags };
}

/** `--cache` stands before `--no-cache`: else commander would say that the cache is to be used whenever neither is
 * given, and the configuration file could not. */
function declare(process: CliProcess): Command {
  return new Command("oci-build")
    .usage("[build] [options] CONTEXT")
    .description("Builds a Dockerfile into an OCI image. No daemon, no root, no Docker.")
    .argument("[CONTEXT]", "folder whose files the build may copy")
    .addOption(new Option("-f, --file <path>", "Dockerfile (default: CONTEXT/Dockerfile)"))
    .addOption(repeatable("-t, --tag <name>", "name for the image, such as app:1.0; repeatable"))
    .addOption(new Option("--target <stage>", "stage to build (default: the last)"))
    .addOption(repeatable("--build-arg <name[=value]>", "value of an ARG; without =, from the environment"))
    .addOption(repeatable("--label <name=value>", "label of the image; repeatable"))
    .addOption(
      repeatable(
        "-o, --output <spec>",
        "type=oci,dest=PATH; dest=- is standard output, tar=false a folder (default: ./<name>.oci.tar)",
      ),
    )
    .addOption(new Option("--compression <type>", "of layers (default: gzip)").choices(compressionTypes))
    .addOption(new Option("--compression-level <n>", "0 to 9 for gzip (default: 6), 1 to 22 for zstd (3)"))
    .addOption(new Option("--cache", "use the cache").hideHelp())
    .addOption(new Option("--no-cache", "look nothing up in the cache"))
    .addOption(new Option("--verify", "read every file, also those whose stat is unchanged"))
    .addOption(new Option("--no-verify", "go by stats where they can be trusted").hideHelp())
    .addOption(new Option("--trust-stat", "go by stats on every file system, also on network ones"))
    .addOption(new Option("--no-trust-stat", "go by stats where they can be trusted").hideHelp())
    .addOption(repeatable("--platform <os/arch>", "platform of the image (default: linux/<this machine's>)"))
    .addOption(new Option("--progress <mode>", "how to tell what happens").choices(progressModes))
    .addOption(new Option("-q, --quiet", "print the image's digest, and nothing else"))
    .addOption(new Option("--no-quiet", "show progress").hideHelp())
    .addOption(new Option("--iidfile <path>", "write the image's ID, its config's digest, to a file"))
    .addOption(new Option("--metadata-file <path>", "write what was built to a file, as JSON"))
    .addOption(
      new Option("--cache-dir <path>", "folder of the cache (default: OCI_BUILD_CACHE_DIR, else the user's)"),
    )
    .addOption(
      new Option(
        "--call <method>",
        "do not build, but check, or show an outline or the targets; ,format=json",
      ),
    )
    .addOption(new Option("--check", "the same as --call=check"))
    .helpOption("-h, --help", "show this")
    .addOption(new Option("-V, --version", "show the version"))
    .addHelpText(
      "after",
      "\nCommands:\n  check   find mistakes and bad habits in Dockerfiles\n  format  write Dockerfiles in one style\n  parse   show what a Dockerfile is made of",
    )
    .addHelpText("after", "\nDefaults for all options can stand in oci-build.toml beside the Dockerfile.")
    .allowExcessArguments(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      writeErr: (text) => process.stderr.write(escapeControls(redact(text), "keep-lines")),
      getOutHelpWidth: () => helpWidth(process.stdout.columns),
      getErrHelpWidth: () => helpWidth(process.stderr.columns),
    });
}

function helpWidth(columns: number | undefined): number {
  return Math.min(Math.max(columns ?? HELP_COLUMNS, HELP_MIN_COLUMNS), HELP_MAX_COLUMNS);
}

function repeatable(flags: string, description: string): Option {
  const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
    ...(previous ?? []),
    value,
  ];
  return new Option(flags, description).argParser(collect);
}
