import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import type { Duplex, Writable } from "node:stream";
import { systemErrorCode } from "@oci-build/oci";
import type { ExecCommand, ExecStatus } from "../executor.js";
import { ControlChannel } from "./control-channel.js";
import type { HeldMounts } from "./held-mounts.js";
import { notStarted } from "./not-started.js";
import type { OutputPipe, OutputPipes } from "./output-pipes.js";
import type { PidsGroup } from "./pids-group.js";
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
  /** What bounds how many processes there are, where that is to be had. */
  readonly group: PidsGroup | undefined;
}

/** How the first process of a command line ended. */
interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs a command line to its end, and stops the process tree when it is aborted.
 * @throws OciBuildError EXECUTOR_START_FAILED; the reason of the signal when it is aborted */
export async function startSandbox(start: SandboxStart): Promise<ExecStatus> {
  start.signal?.throwIfAborted();
  const pipes = start.stdio === "captured" ? await start.pipes.open() : undefined;
  const drained = pipes === undefined ? [] : readPipes(pipes, start.onOutput);
  const { ending, control } = await runChild(start, pipes).finally(() =>
    Promise.all(pipes?.map((pipe, index) => pipe.drain(drained[index] ?? Promise.resolve())) ?? []),
  );
  start.signal?.throwIfAborted();
  return statusOf(ending, control);
}

async function runChild(
  start: SandboxStart,
  pipes: readonly [OutputPipe, OutputPipe] | undefined,
): Promise<{ readonly ending: Ending; readonly control: ControlChannel }> {
  const child = spawnChild(start, pipes);
  // Then it may have no streams.
  if (child.pid === undefined) throw notStarted(await problemOf(child));
  const ended = endOf(child);
  for (const fd of start.inherited) if (fd > 4) child.stdio[fd as 4]?.destroy();
  const channel = child.stdio[3] as Duplex;
  const control = new ControlChannel(channel, start.onStart);
  void control.pid.then((pid) => pid === undefined || start.mounts.hold(pid));
  void enterGroup(control, channel, start);
  sendFiles(child.stdio[4] as Writable, start.files);
  return { ending: await stopOnAbort(ended, control, start), control };
}

function spawnChild(start: SandboxStart, pipes: readonly [OutputPipe, OutputPipe] | undefined): ChildProcess {
  const [program, ...args] = start.command;
  const { cwd, env } = start;
  const standard =
    pipes === undefined
      ? (["inherit", "inherit", "inherit"] as const)
      : (["ignore", pipes[0].writeFd, pipes[1].writeFd] as const);
  try {
    // What is captured is of a session of its own: without a terminal to write to, and Ctrl-C comes to us alone.
    const detached = pipes !== undefined;
    return spawn(program, args, { cwd, env, stdio: streams(standard, start), detached });
  } catch (error) {
    // Some problems are events, some are thrown.
    if (!(error instanceof Error) || systemErrorCode(error) === undefined) throw error;
    throw notStarted(error);
  } finally {
    for (const pipe of pipes ?? []) pipe.closeWriting();
  }
}

/** The prelude goes on with the command when it is told of this. */
async function enterGroup(
  control: ControlChannel,
  channel: Writable,
  { group }: SandboxStart,
): Promise<void> {
  const pid = await control.pid;
  if (pid === undefined || group === undefined) return;
  await group.enter(pid);
  if (channel.writable) channel.write("entered\n");
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
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

/** Why a process was not started. */
function problemOf(child: ChildProcess): Promise<Error> {
  return new Promise((resolve) => {
    child.once("error", resolve);
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

function statusOf({ exitCode, signal }: Ending, control: ControlChannel): ExecStatus {
  if (!control.isReady)
    throw notStarted(control.problem || `a helper ended with ${signal ?? exitCode ?? "nothing"}`);
  return exitCode === null ? { kind: "killed", signal: signal ?? "SIGKILL" } : { kind: "exited", exitCode };
}
