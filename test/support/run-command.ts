import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** How a process ended, and all that it wrote. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Runs as this user. */
  readonly uid?: number;
  /** Sees the process while it runs, for example to end it. */
  readonly onStart?: (child: ChildProcess) => void;
}

const command = fileURLToPath(new URL("../../packages/oci-build/bin/oci-build.js", import.meta.url));

/** Starts `oci-build` as a user does, in a process of its own. */
export function startOciBuild(
  args: readonly string[],
  { cwd, env, uid }: Pick<CommandOptions, "cwd" | "env" | "uid">,
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [command, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", CI: "1", ...env },
    stdio: "pipe",
    uid,
  });
}

/** Runs it to its end. */
export async function runOciBuild(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const child = startOciBuild(args, options);
  options.onStart?.(child);
  child.stdin.end(options.input ?? "");
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code));
  });
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}
