import type { StepKey } from "@oci-build/cache";
import type { ExecCommand, ExecResult, ExecStatus, Executor } from "@oci-build/executor";
import { buildError } from "../errors.js";
import type { StepInfo } from "../events/build-event.js";
import type { RunStep } from "../plan/run-step.js";
import type { RecordedRun } from "./recorded-run.js";
import { rootFileSystem } from "./root-file-system.js";
import { type FoundMount, type TakenMounts, withMounts } from "./run-mounts.js";
import { RunOutput } from "./run-output.js";
import type { SolveContext } from "./solve-context.js";
import type { StepInput } from "./solve-step.js";
import { storeRun } from "./store-run.js";

/** A RUN whose result is not known. */
export interface PendingRun {
  readonly step: RunStep;
  readonly info: StepInfo;
  readonly key: StepKey;
  readonly mounts: readonly FoundMount[];
}

/** Runs a command and records what it did. Nothing is recorded of one that fails.
 * @throws OciBuildError RUN_FAILED, RUN_TIMED_OUT, RUN_SECRET_MISSING, RUN_SSH_MISSING, and as the executor */
export async function executeRun(pending: PendingRun, input: StepInput): Promise<RecordedRun> {
  const { context, below } = input;
  context.signal?.throwIfAborted();
  const executor = await context.executors.open();
  const root = await rootFileSystem(below, context);
  return withMounts(pending, { ...input, executor }, (taken) =>
    runOn(executor, { pending, taken, root }, context),
  );
}

interface Running {
  readonly pending: PendingRun;
  readonly taken: TakenMounts;
  readonly root: Parameters<Executor["run"]>[0]["root"];
}

async function runOn(
  executor: Executor,
  { pending, taken, root }: Running,
  context: SolveContext,
): Promise<RecordedRun> {
  const { info, key } = pending;
  const startedMs = context.now();
  const elapsedMs = (): number => context.now() - startedMs;
  const output = new RunOutput({
    elapsedMs,
    tell: (stream, text) =>
      context.emit({ type: "step.output", step: info, stream, text, elapsedMs: elapsedMs() }),
  });
  const timeout = runTimeout(context);
  const command = commandOf(pending, { taken, output, ...timeout.watched }, context);
  let result: ExecResult;
  try {
    result = await executor.run({ ...command, root }).finally(() => {
      timeout.stop();
      output.end();
    });
  } catch (error) {
    throw timeout.isOver() ? timedOut(pending.step, output.tail(), context) : error;
  }
  try {
    const { status } = result;
    if (status.kind === "exited" && status.exitCode === 0) {
      return await storeRun(info, { key, changes: result.changes(context.signal) }, context);
    }
    await tellFailed({ result, command, info }, context);
    throw runFailed(pending.step, status, output.tail());
  } finally {
    await result[Symbol.asyncDispose]();
  }
}

function commandOf(
  { step }: PendingRun,
  {
    taken,
    output,
    signal,
    onStart,
  }: { readonly taken: TakenMounts; readonly output: RunOutput } & Pick<ExecCommand, "signal" | "onStart">,
  { run }: Pick<SolveContext, "run">,
): ExecCommand {
  const { args, cwd, user, network, security, hostname } = step;
  return {
    ...{ args, cwd, user, network, security, hostname, signal, onStart },
    env: new Map([...step.env, ...step.proxies, ...taken.env]),
    mounts: taken.mounts,
    hosts: run.hosts,
    shmSizeBytes: run.shmSizeBytes,
    ulimits: run.ulimits,
    stdio: "captured",
    onOutput: (stream, bytes) => output.take(stream, bytes),
  };
}

/** Lets somebody look at what a failed command left behind. */
async function tellFailed(
  {
    result,
    command,
    info,
  }: { readonly result: ExecResult; readonly command: ExecCommand; readonly info: StepInfo },
  { run, signal }: SolveContext,
): Promise<void> {
  await run.onFailedStep?.({
    step: info,
    status: result.status,
    enter: (args) => result.enter({ ...command, args, stdio: "inherited", signal, onStart: undefined }),
  });
}

/** Ends a command after the time that it may take, without what it takes to unpack what it runs on. */
function runTimeout({ run, signal }: Pick<SolveContext, "run" | "signal">) {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onStart = (): void => {
    if (run.timeoutMs === undefined) return;
    timer = setTimeout(() => over.abort(new Error("the time of the command is over")), run.timeoutMs);
  };
  return {
    watched: { signal: signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]), onStart },
    isOver: () => over.signal.aborted && signal?.aborted !== true,
    stop: () => clearTimeout(timer),
  };
}

function timedOut(step: RunStep, output: string, { run }: Pick<SolveContext, "run">): Error {
  const { timeoutMs = 0 } = run;
  return buildError("RUN_TIMED_OUT", {
    message: `the command took longer than ${timeoutMs / 1000} s: ${shownCommand(step)}`,
    data: { timeoutMs, output },
    hint: "Give it more time with --run-timeout.",
  });
}

function runFailed(step: RunStep, status: ExecStatus, output: string): Error {
  const how =
    status.kind === "exited"
      ? `the command failed with exit code ${status.exitCode}`
      : `the command was ended by ${status.signal}`;
  return buildError("RUN_FAILED", {
    message: `${how}: ${shownCommand(step)}`,
    data: {
      command: step.args,
      exitCode: status.kind === "exited" ? status.exitCode : undefined,
      signal: status.kind === "killed" ? status.signal : undefined,
      output,
    },
    hint: hintFor(status),
  });
}

/** What shells, and OCI runtimes, mean by the exit codes that nobody chooses.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02 */
const HINTS: ReadonlyMap<number | string, string> = new Map<number | string, string>([
  [126, "A program could not be executed: is it a program of this platform?"],
  [
    127,
    "A program was not found: is it installed in this stage, and in PATH? A script's first line names one, too.",
  ],
  [137, "A program was ended by SIGKILL: it may have run out of memory."],
  ["SIGKILL", "It may have run out of memory."],
]);

function hintFor(status: ExecStatus): string | undefined {
  return HINTS.get(status.kind === "killed" ? status.signal : status.exitCode);
}

const SHOWN_MAX_CHARS = 120;

function shownCommand({ args }: RunStep): string {
  const text = args.join(" ").replaceAll(/\s+/g, " ").trim();
  return text.length > SHOWN_MAX_CHARS ? `${text.slice(0, SHOWN_MAX_CHARS - 1)}…` : text;
}
