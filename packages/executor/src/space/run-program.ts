import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** How a short program is started. */
export interface RunProgramOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a short program ended, with what it wrote, whatever its status. */
export interface ProgramResult {
  /** Null when a signal ended it or it could not be started. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Of each stream that much is kept; the rest is read and dropped. */
const OUTPUT_MAX_BYTES = 64 * 1024;

/** Runs a program of the host that answers at once, without input. One that cannot be started has no status, and the
 * reason as its error output.
 * @throws the reason of the signal when it is aborted */
export async function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  { env, cwd, signal }: RunProgramOptions,
): Promise<ProgramResult> {
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    env,
    cwd,
    signal,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const ending = await new Promise<{ status: number | null; problem: string }>((resolve) => {
    child.on("error", (error) => {
      if (child.pid === undefined) resolve({ status: null, problem: error.message });
    });
    child.once("close", (status) => resolve({ status, problem: "" }));
  });
  signal?.throwIfAborted();
  return { status: ending.status, stdout: stdout(), stderr: stderr() + ending.problem };
}

/** Reads a stream from now on; the function gives what came so far. */
export function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    if (size < OUTPUT_MAX_BYTES) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).subarray(0, OUTPUT_MAX_BYTES).toString("utf8");
}
