import { constants } from "node:os";
import type { ExecStatus } from "@oci-build/executor";
import { isOciBuildError, type OciBuildError } from "@oci-build/oci";
import { Command, Option } from "commander";
import type { ImageSession } from "../../images/image-session.js";
import { runImage } from "../../images/run-image.js";
import { optionInvalid } from "../../options/option-invalid.js";
import { resolveRun } from "../../options/resolve-run.js";
import { executorChoices, runNetworks } from "../../options/run-choices.js";
import { EXIT_READER_GONE } from "../exit-code.js";
import { forwardOutput } from "../forward-output.js";
import { repeatable } from "../registry-flags.js";
import { reportError } from "../report-error.js";
import { runFlags } from "../run-flags.js";
import type { CliProcess } from "../terminal.js";
import { parseVolumes } from "../volume-flags.js";
import { type ImageFlags, platformOption, runImageCommand } from "./image-flags.js";

interface RunFlags extends ImageFlags {
  readonly env?: readonly string[] | undefined;
  readonly volume?: readonly string[] | undefined;
  readonly workdir?: string | undefined;
  readonly user?: string | undefined;
  readonly entrypoint?: string | undefined;
  readonly hostname?: string | undefined;
  readonly interactive?: true | undefined;
  readonly tty?: true | undefined;
  readonly platform?: string | undefined;
  readonly network?: string | undefined;
  readonly addHost?: readonly string[] | undefined;
  readonly shmSize?: string | undefined;
  readonly ulimit?: readonly string[] | undefined;
  readonly executor?: string | undefined;
}

/** As with Docker: what is said of failures that are not the command's own. */
const EXIT_NOT_STARTED = 125;
const EXIT_NOT_EXECUTABLE = 126;
const EXIT_PROGRAM_MISSING = 127;
const SIGNAL_EXIT_BASE = 128;

/** `oci-build run [options] IMAGE [COMMAND…]`: its exit code is the command's. */
export function runRun(args: readonly string[], process: CliProcess): Promise<number> {
  return runImageCommand<RunFlags>(
    declare(),
    { args, process },
    async ({ flags, operands, session, signals }) => {
      const unread = unreadOutput(process);
      const running = (): Promise<ExecStatus> =>
        run(session, { flags, operands, stop: unread.signal }, process);
      try {
        return exitCodeOf(await (flags.tty === true ? signals.leaveInterrupts(running) : running()));
      } catch (error) {
        session.signal?.throwIfAborted();
        if (unread.signal.aborted) return EXIT_READER_GONE;
        if (!isOciBuildError(error)) throw error;
        reportError(error, { process, source: undefined });
        return failureCode(error);
      }
    },
  );
}

function declare(): Command {
  return new Command("oci-build run")
    .usage("[options] IMAGE [COMMAND…]")
    .description(
      "Runs a command in a container of an image, on a writable layer that is thrown away. The network is the host's.",
    )
    .argument("<IMAGE>", "a name, docker://NAME, oci-layout://FOLDER:TAG, oci-archive:FILE or a path")
    .argument("[COMMAND...]", "instead of the image's CMD")
    .passThroughOptions()
    .addOption(
      repeatable("-e, --env <name[=value]>", "variable; without =, from the environment; repeatable"),
    )
    .addOption(repeatable("-v, --volume <source:target[:ro]>", "folder or file of this host; repeatable"))
    .addOption(new Option("-w, --workdir <path>", "folder that the command begins in"))
    .addOption(new Option("-u, --user <user[:group]>", "names or numbers of the image"))
    .addOption(new Option("--entrypoint <program>", "instead of the image's ENTRYPOINT and CMD"))
    .addOption(new Option("--hostname <name>", "name of the container"))
    .addOption(new Option("-i, --interactive", "give it this process's input"))
    .addOption(new Option("-t, --tty", "give it this terminal"))
    .addOption(new Option("--rm", "always so: nothing is left of the container").hideHelp())
    .addOption(
      new Option("--network <mode>", "default, which is the host's, none or host").choices(runNetworks),
    )
    .addOption(repeatable("--add-host <name=address>", "line of /etc/hosts; repeatable"))
    .addOption(new Option("--shm-size <size>", "of /dev/shm (default: 64m)"))
    .addOption(repeatable("--ulimit <name=soft[:hard]>", "resource limit; repeatable"))
    .addOption(new Option("--executor <name>", "what runs it (default: auto)").choices(executorChoices))
    .addOption(platformOption());
}

interface RunRequest {
  readonly flags: RunFlags;
  readonly operands: readonly string[];
  readonly stop: AbortSignal;
}

/** Aborted when nobody reads the output any more, as after `| head`: what writes it would never find out. */
function unreadOutput({ stdout }: CliProcess): AbortController {
  const controller = new AbortController();
  stdout.once("error", (error) => controller.abort(error));
  return controller;
}

function run(
  session: ImageSession,
  { flags, operands, stop }: RunRequest,
  process: CliProcess,
): Promise<ExecStatus> {
  const [image = "", ...args] = operands;
  const { platform, entrypoint, workdir: cwd, user, hostname } = flags;
  const isInherited = flags.interactive === true || flags.tty === true;
  if (flags.tty === true) requireTerminal(process);
  return runImage(session, {
    ...{ image, platform, args, entrypoint, cwd, user, hostname, stop },
    env: environment(flags, process),
    mounts: parseVolumes(flags.volume ?? []),
    run: resolveRun(runFlags(flags, process.env), process.env),
    stdio: isInherited ? "inherited" : "captured",
    onOutput: forwardOutput(
      process,
      session.signal === undefined ? stop : AbortSignal.any([session.signal, stop]),
    ),
  });
}

function requireTerminal({ stdin }: CliProcess): void {
  if ("isTTY" in stdin && stdin.isTTY === true) return;
  throw optionInvalid("--tty", "true", "the input is no terminal");
}

/** A terminal's programs want to know what it can. */
function environment({ env: given = [], tty }: RunFlags, { env }: CliProcess): ReadonlyMap<string, string> {
  const variables = new Map(tty === true ? [["TERM", env["TERM"] ?? "xterm"]] : []);
  for (const text of given) {
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    if (name === "") throw optionInvalid("--env", "=…", "a variable needs a name");
    const value = equals < 0 ? env[name] : text.slice(equals + 1);
    if (value !== undefined) variables.set(name, value);
  }
  return variables;
}

function failureCode(error: OciBuildError): number {
  if (!isOciBuildError(error, "EXECUTOR_PROGRAM_MISSING")) return EXIT_NOT_STARTED;
  return error.data["notExecutable"] === undefined ? EXIT_PROGRAM_MISSING : EXIT_NOT_EXECUTABLE;
}

function exitCodeOf(status: ExecStatus): number {
  return status.kind === "exited" ? status.exitCode : SIGNAL_EXIT_BASE + constants.signals[status.signal];
}
