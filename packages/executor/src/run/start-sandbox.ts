import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { executorError } from "../errors.js";
import type { ExecCommand, ExecStatus } from "../executor.js";
import { ControlChannel } from "./control-channel.js";
import type { HeldMounts } from "./held-mounts.js";
import type { OutputPipe, OutputPipes } from "./output-pipes.js";
import type { OwnTerminal } from "./own-terminal.js";
import type { StopTree } from "./stop-tree.js";

/** A command line that leads to a command. */
export interface SandboxStart extends Pick<ExecCommand, "stdio" | "onStart" | "onOutput" | "signal"> {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What descriptor 4 gives. */
  readonly files: Uint8Array;
  readonly pipes: OutputPipes;
  /** Descriptors of ours that children inherit. */
  readonly inherited: readonly number[];
  readonly stop: StopTree;
  readonly mounts: HeldMounts;
  /** For an inherited terminal, where the back end makes none itself. */
  readonly terminal: OwnTerminal | undefined;
}

/** How the first process of a command line ended. */
type Ending =
  | { readonly kind: "ended"; readonly exitCode: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly kind: "failed"; readonly problem: string };

/** Runs a command line to its end, and stops the process tree when it is aborted.
 * @throws OciBuildError EXECUTOR_START_FAILED; the reason of the signal when it is aborted */
export async function startSandbox(start: SandboxStart): Promise<ExecStatus> {
  start.signal?.throwIfAborted();
  const pipes = start.stdio === "captured" ? await start.pipes.open() : undefined;
  const child = spawnChild(start, pipes);
  const drained = pipes === undefined ? [] : readPipes(pipes, start.onOutput);
  for (const fd of start.inherited) if (fd > 4) child.stdio[fd as 4]?.destroy();
  const control = new ControlChannel(child.stdio[3] as Readable, start.onStart);
  void control.pid.then((pid) => pid === undefined || start.mounts.hold(pid));
  sendFiles(child.stdio[4] as Writable, start.files);
  const ended = endOf(child);
  const ending = await stopOnAbort(ended, control, start);
  await Promise.all(pipes?.map((pipe, index) => pipe.drain(drained[index] ?? Promise.resolve())) ?? []);
  start.signal?.throwIfAborted();
  return statusOf(ending, control);
}

function spawnChild(start: SandboxStart, pipes: readonly [OutputPipe, OutputPipe] | undefined): ChildProcess {
  const [program, ...args] = start.terminal?.(start.command) ?? start.command;
  const { cwd, env } = start;
  if (pipes === undefined) {
    return spawn(program, args, { cwd, env, stdio: streams(["inherit", "inherit", "inherit"], start) });
  }
  const [stdout, stderr] = pipes;
  try {
    const stdio = streams(["ignore", stdout.writeFd, stderr.writeFd], start);
    // Of a session of its own: without a terminal to write to, and Ctrl-C comes to us alone.
    return spawn(program, args, { cwd, env, stdio, detached: true });
  } finally {
    stdout.closeWriting();
    stderr.closeWriting();
  }
}

/** With the two channels to the prelude. What would be inherited is no affair of the command: it gets a socket in its
 * place, whose other end is closed. */
function streams(
  standard: readonly ("ignore" | "inherit" | number)[],
  { inherited }: SandboxStart,
): StdioOptions {
  const all: ("ignore" | "inherit" | "pipe" | number)[] = [...standard, "pipe", "pipe"];
  for (const fd of inherited) {
    while (all.length <= fd) all.push("ignore");
    all[fd] = "pipe";
  }
  return all;
}

function readPipes(
  [stdout, stderr]: readonly [OutputPipe, OutputPipe],
  onOutput: ExecCommand["onOutput"],
): readonly Promise<void>[] {
  return [
    stdout.read((bytes) => onOutput("stdout", bytes)),
    stderr.read((bytes) => onOutput("stderr", bytes)),
  ];
}

/** A reader that ends early says why in another place. */
function sendFiles(stream: Writable, files: Uint8Array): void {
  stream.on("error", () => undefined);
  stream.end(files);
}

function endOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ kind: "failed", problem: error.message }));
    child.once("exit", (exitCode, signal) => resolve({ kind: "ended", exitCode, signal }));
  });
}

async function stopOnAbort(
  ended: Promise<Ending>,
  control: ControlChannel,
  start: SandboxStart,
): Promise<Ending> {
  const { signal, stop } = start;
  if (signal === undefined) return await ended;
  let stopped: Promise<void> | undefined;
  const onAbort = (): void => {
    stopped = control.pid.then((pid) => (pid === undefined ? undefined : stop(pid, ended)));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  const ending = await ended;
  signal.removeEventListener("abort", onAbort);
  await stopped;
  return ending;
}

function statusOf(ending: Ending, control: ControlChannel): ExecStatus {
  if (ending.kind === "failed") throw notStarted(ending.problem);
  const { exitCode, signal } = ending;
  if (!control.isReady)
    throw notStarted(control.problem || `a helper ended with ${signal ?? exitCode ?? "nothing"}`);
  return exitCode === null ? { kind: "killed", signal: signal ?? "SIGKILL" } : { kind: "exited", exitCode };
}

function notStarted(problem: string): Error {
  return executorError("EXECUTOR_START_FAILED", {
    message: `cannot start a command: ${problem}`,
    data: { problem },
  });
}
