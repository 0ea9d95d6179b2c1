import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { executorError } from "../errors.js";
import type { HostPrograms } from "../space/host-facts.js";
import type { IdSpace } from "../space/id-space.js";

/** What it takes to make a pid namespace. */
export interface HolderOptions {
  readonly space: Pick<IdSpace, "command">;
  readonly programs: HostPrograms;
  readonly env: NodeJS.ProcessEnv;
}

/** The pid namespace around all runs of an executor. Its process 1 reads from us and does nothing else: when we end, in
 * whatever way, so does it, and the kernel kills everything in the namespace, whoever it runs as. (A parent-death signal
 * is no such thing: changing the user clears it.) It leaves orphans to the kernel, so that none stays a zombie. */
const holderScript = `
trap "" CHLD
read -r pid rest </proc/self/stat; echo "$pid"
while read -r line; do :; done
`;

const SAID_MAX_LENGTH = 4096;

export class RunHolder implements AsyncDisposable {
  /** Of the namespace's process 1, as seen from here. */
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, pid: number) {
    this.#child = child;
    this.pid = pid;
  }

  static async start({ space, programs, env }: HolderOptions): Promise<RunHolder> {
    const { unshare, sh } = programs;
    const shell = [sh, "-c", holderScript] as const;
    const [command, ...args] = space.command([unshare, "--pid", "--fork", "--kill-child", "--", ...shell]);
    // Of a session of its own, so that Ctrl-C in a terminal leaves it to us when it ends.
    const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"], detached: true });
    const problem = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      void readFirst(child.stderr, "all").then(resolve);
    });
    child.stdin.on("error", () => undefined);
    const pid = Number(await readFirst(child.stdout, "line"));
    if (!Number.isSafeInteger(pid) || pid <= 0) throw notStarted(await problem);
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
    if (child.stdin instanceof Socket) child.stdin.unref();
    return new RunHolder(child, pid);
  }

  /** The command line that runs a program in the namespace. */
  command(nsenter: string, args: readonly [string, ...string[]]): readonly [string, ...string[]] {
    return [nsenter, `--pid=/proc/${this.pid}/ns/pid`, "--", ...args];
  }

  /** Ends everything in the namespace. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.ref();
    const ended = once(this.#child, "exit");
    this.#child.stdin?.destroy();
    await ended;
  }
}

/** The first line of a stream, or all of it, when it ends. */
function readFirst(stream: Readable, what: "line" | "all"): Promise<string> {
  let text = "";
  return new Promise((resolve) => {
    stream.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString("utf8")).slice(0, SAID_MAX_LENGTH);
      if (what === "line" && text.includes("\n")) resolve(text.trim());
    });
    stream.once("error", () => resolve(text.trim()));
    stream.once("close", () => resolve(text.trim()));
  });
}

function notStarted(problem: string): Error {
  return executorError("EXECUTOR_START_FAILED", {
    message: `cannot make a pid namespace for the commands: ${problem}`,
    data: { problem },
  });
}
