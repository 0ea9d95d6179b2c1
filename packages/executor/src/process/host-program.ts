import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { IdSpace } from "../space/id-space.js";

/** What is kept of what a program says in its distress. */
const STDERR_MAX_BYTES = 64 * 1024;
/** Of a path through thousands of folders both ends are told, and what is wrong with it. */
const WORD_END_LENGTH = 100;
const LONG_WORD: RegExp = new RegExp(`(\\S{${WORD_END_LENGTH}})\\S+(\\S{${WORD_END_LENGTH}})`, "g");
const SAID_MAX_LENGTH = 1000;

/** How a program ended, and the first that it wrote to stderr, as one line. */
export interface ProgramEnd {
  readonly status: number | string;
  readonly said: string;
}

/** A program of the host that works on root file systems. */
export interface HostProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when it has ended and its streams are closed, whatever its status.
   * @throws the system's error when it could not be started */
  readonly ended: Promise<ProgramEnd>;
  kill(): void;
}

/** What nobody has set: programs are named by their absolute paths, and file names are bytes to them. */
export const hostEnvironment: NodeJS.ProcessEnv = { LC_ALL: "C", PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

export interface ProgramOptions {
  readonly space: Pick<IdSpace, "command">;
  /** Whether what it writes to stdout is read, which may begin when it has ended. */
  readonly stdout: "read" | "ignored";
  readonly signal?: AbortSignal | undefined;
}

/** Starts a program inside an id space, with an environment of its own: nothing that the user has set changes what it
 * does or says. It is killed when the signal aborts. */
export function startProgram(args: readonly [string, ...string[]], options: ProgramOptions): HostProgram {
  const [command, ...rest] = options.space.command(args);
  const child = spawn(command, rest, {
    cwd: "/",
    env: hostEnvironment,
    stdio: ["pipe", "pipe", "pipe"],
  });
  if (options.stdout === "ignored") child.stdout.resume();
  // Without a listener, node throws away what nobody has begun to read when the process ends.
  else child.stdout.on("readable", () => undefined);
  const kill = (): void => void child.kill("SIGKILL");
  const { signal } = options;
  signal?.addEventListener("abort", kill, { once: true });
  const ended = endOf(child, child.stderr).finally(() => signal?.removeEventListener("abort", kill));
  // Whoever stops early does not want to know; all others await it.
  ended.catch(() => undefined);
  // A program that ends early closes its end; how it ended says more than EPIPE.
  child.stdin.on("error", () => undefined);
  if (signal?.aborted === true) kill();
  return { stdin: child.stdin, stdout: child.stdout, ended, kill };
}

/** Writes pieces in one go, and waits when the program is behind. False when it reads no more. */
export async function writePieces(stdin: Writable, pieces: readonly Uint8Array[]): Promise<boolean> {
  if (stdin.destroyed) return false;
  stdin.cork();
  for (const piece of pieces) stdin.write(piece);
  stdin.uncork();
  if (stdin.writableNeedDrain) await drained(stdin);
  return !stdin.destroyed;
}

function drained(stdin: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stdin.off("drain", done);
      stdin.off("close", done);
      resolve();
    };
    stdin.on("drain", done);
    stdin.on("close", done);
  });
}

function endOf(child: ChildProcess, stderr: Readable): Promise<ProgramEnd> {
  const parts: Buffer[] = [];
  let kept = 0;
  stderr.on("data", (part: Buffer) => {
    if (kept >= STDERR_MAX_BYTES) return;
    parts.push(part.subarray(0, STDERR_MAX_BYTES - kept));
    kept += part.length;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => {
      const said = Buffer.concat(parts)
        .toString("utf8")
        .replaceAll(/[\s\p{Cc}]+/gu, " ")
        .trim()
        .replaceAll(LONG_WORD, "$1…$2")
        .slice(0, SAID_MAX_LENGTH);
      resolve({ status: status ?? signal ?? "unknown", said });
    });
  });
}
