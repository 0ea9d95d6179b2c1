import { Command, Option } from "commander";
import { compressionTypes } from "../options/compression.js";
import { withRunFlags } from "./declare-run-flags.js";
import { escapeControls } from "./escape-controls.js";
import { progressModes } from "./progress/progress-mode.js";
import { redact } from "./redact.js";
import { repeatable, withRegistryFlags } from "./registry-flags.js";
import type { CliProcess } from "./terminal.js";

const HELP_COLUMNS = 80;
const HELP_MIN_COLUMNS = 40;
/** Longer lines are hard to read. */
const HELP_MAX_COLUMNS = 100;

/** The command that builds, with all its options. */
export function declareBuild(process: CliProcess): Command {
  return declare(process)
    .usage("[build] [options] CONTEXT")
    .description("Builds a Dockerfile into an OCI image. No daemon, no root, no Docker.")
    .addHelpText("after", COMMANDS_HELP)
    .addHelpText("after", "\nDefaults for all options can stand in oci-build.toml beside the Dockerfile.");
}

const COMMANDS_HELP = `
Commands:
  cache     show what the cache takes, prune it, or check that it is sound
  check     find mistakes and bad habits in Dockerfiles
  copy      copy an image between registries, files and the local store
  diff      compare the files and the config of two images
  explain   say what a build would take from the cache, and why not the rest
  format    write Dockerfiles in one style
  history   show how an image came to be
  images    list the images of the local store
  inspect   tell what an image is, as JSON
  lock      pin the images of a Dockerfile to digests
  login     log in to a registry
  logout    forget the login for a registry
  parse     show what a Dockerfile is made of
  plan      say what a build would do, without building
  pull      fetch an image from its registry into the local store
  push      put an image of the local store into a registry
  rebase    put an image's own layers on another base, without a rebuild
  rmi       take names of the local store away
  run       try an image: run a command in a container of it
  tag       give an image one more name
  validate  check all that an image states about itself`;

const REPORT_DESCRIPTIONS = {
  explain: "Says of each step whether it is in the cache, and why it is not. Builds nothing.",
  plan: "Says of each step whether it is in the cache, and how much there is to do. Builds nothing.",
} as const;

/** A build's options mean the same here, so that a command line can be asked about as it stands; those that only
 * matter to a build are taken and not shown. */
export function declareReport(process: CliProcess, name: keyof typeof REPORT_DESCRIPTIONS): Command {
  const command = declare(process)
    .name(`oci-build ${name}`)
    .usage("[options] CONTEXT")
    .description(REPORT_DESCRIPTIONS[name])
    .addOption(new Option("--format <format>", "how to tell it (default: text)").choices(["text", "json"]))
    .addOption(new Option("--json", "the same as --format=json"));
  for (const option of command.options) {
    if (BUILD_ONLY.has(option.attributeName())) option.hideHelp();
  }
  return command;
}

const BUILD_ONLY: ReadonlySet<string> = new Set([
  "cacheTo",
  "call",
  "check",
  "debugShell",
  "explain",
  "failOnCacheMiss",
  "iidfile",
  "load",
  "metadataFile",
  "output",
  "progress",
  "push",
  "quiet",
]);

function declare(process: CliProcess): Command {
  const command = withRegistryFlags(withSources(new Command("oci-build")));
  return withRunFlags(withCacheUse(withOutputs(command)))
    .helpOption("-h, --help", "show this")
    .addOption(new Option("-V, --version", "show the version"))
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

/** What is built. */
function withSources(command: Command): Command {
  return command
    .argument("[CONTEXT]", "folder whose files the build may copy")
    .addOption(new Option("-f, --file <path>", "Dockerfile (default: CONTEXT/Dockerfile)"))
    .addOption(repeatable("-t, --tag <name>", "name for the image, such as app:1.0; repeatable"))
    .addOption(new Option("--target <stage>", "stage to build (default: the last)"))
    .addOption(repeatable("--build-arg <name[=value]>", "value of an ARG; without =, from the environment"))
    .addOption(repeatable("--label <name=value>", "label of the image; repeatable"))
    .addOption(repeatable("--annotation <name=value>", "annotation of the image's manifest; repeatable"))
    .addOption(
      repeatable(
        "--build-context <name=value>",
        "folder, docker-image://, oci-layout:// or oci-archive:// that a name stands for; repeatable",
      ),
    )
    .addOption(new Option("--pull", "ask the registry also for images that the local store has"))
    .addOption(new Option("--no-pull", "take images of the local store").hideHelp())
    .addOption(new Option("--offline", "ask no registry: take images of the local store alone"))
    .addOption(new Option("--no-offline", "ask registries").hideHelp())
    .addOption(new Option("--locked", "there must be a lock file beside the Dockerfile: see oci-build lock"))
    .addOption(new Option("--no-locked", "go by a lock file where there is one").hideHelp())
    .addOption(new Option("--lock", "go by a lock file where there is one").hideHelp())
    .addOption(new Option("--no-lock", "take no notice of the lock file"));
}

/** What becomes of it. */
function withOutputs(command: Command): Command {
  return command
    .addOption(
      repeatable(
        "-o, --output <spec>",
        "type=oci|docker|image|registry,dest=PATH,name=…; dest=- is standard output, tar=false a folder; " +
          "DIR is type=local,dest=DIR, the files alone, type=tar,dest=FILE the same as a tar; " +
          "type=cacheonly writes nothing; " +
          "repeatable (default: ./<name>.oci.tar)",
      ),
    )
    .addOption(new Option("--push", "push the image by its names; the same as --output type=registry"))
    .addOption(new Option("--no-push", "push nothing").hideHelp())
    .addOption(new Option("--load", "load the image into docker, else podman; as --output type=docker"))
    .addOption(new Option("--no-load", "load nothing").hideHelp())
    .addOption(new Option("--compression <type>", "of layers (default: gzip)").choices(compressionTypes))
    .addOption(new Option("--compression-level <n>", "0 to 9 for gzip (default: 6), 1 to 22 for zstd (3)"));
}

/** What is taken from the cache, and what is told. `--cache` stands before `--no-cache`: else commander would say that the
 * cache is to be used whenever neither is given, and the configuration file could not. */
function withCacheUse(command: Command): Command {
  return command
    .addOption(new Option("--cache", "use the cache").hideHelp())
    .addOption(new Option("--no-cache", "look nothing up in the cache"))
    .addOption(noCacheFilter())
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
      repeatable(
        "--cache-to <spec>",
        "export what this build used: type=local,dest=FOLDER; mounts=true with cache mounts; repeatable",
      ),
    )
    .addOption(
      repeatable("--cache-from <spec>", "also find what was exported: type=local,src=FOLDER; repeatable"),
    )
    .addOption(
      new Option(
        "--call <method>",
        "do not build, but check, or show an outline or the targets; ,format=json",
      ),
    )
    .addOption(new Option("--check", "the same as --call=check"))
    .addOption(new Option("--explain", "say of each step why it is, or is not, taken from the cache"))
    .addOption(new Option("--no-explain", "say nothing of it").hideHelp())
    .addOption(
      new Option(
        "--fail-on-cache-miss [stage]",
        "end at the first step that is not in the cache; =STAGE: there",
      ),
    )
    .addOption(new Option("--no-fail-on-cache-miss", "build what is not in the cache").hideHelp());
}

/** An option that begins with `no-` and takes a value, which commander would take for the opposite of another. */
function noCacheFilter(): Option {
  const option = repeatable("--no-cache-filter <stage>", "look nothing up for one stage; repeatable");
  option.negate = false;
  return option;
}

function helpWidth(columns: number | undefined): number {
  return Math.min(Math.max(columns ?? HELP_COLUMNS, HELP_MIN_COLUMNS), HELP_MAX_COLUMNS);
}
