import { type ChildProcessByStdio, spawn } from "node:child_process";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import type { HostPrograms } from "./host-facts.js";
import { collect } from "./run-program.js";

/** A user namespace that lives as long as this process and the programs in it. */
export interface UserNamespace extends AsyncDisposable {
  /** Of the file that nsenter takes it from. */
  readonly path: string;
}

/** What a user namespace is made with. `map` gets the pid of a process in it, and writes its mappings. */
export interface UserNamespaceOptions {
  readonly programs: Pick<HostPrograms, "unshare" | "sh">;
  readonly env: NodeJS.ProcessEnv;
  readonly map: (pid: number) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** The host refused a user namespace or its mapping. */
export class NamespaceRefused extends Error {
  override readonly name = "NamespaceRefused";
}

/** Makes a user namespace. No process is left behind to hold it: an open file does, which the kernel closes with this
 * process, however it ends.
 * @throws NamespaceRefused, or what `map` throws */
export async function openUserNamespace(options: UserNamespaceOptions): Promise<UserNamespace> {
  const { programs, env, map, signal } = options;
  signal?.throwIfAborted();
  const args = ["--user", "--", programs.sh, "-c", "echo; read line"];
  const first = spawn(programs.unshare, args, {
    env,
    signal,
    killSignal: "SIGKILL",
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = endOf(first);
  try {
    const pid = await insideOf(first, ended, signal);
    const file = await open(`/proc/${pid}/ns/user`, "r");
    try {
      await map(pid);
    } catch (error) {
      await file.close();
      throw error;
    }
    return heldBy(file);
  } finally {
    first.stdin.end();
    await ended;
  }
}

type First = ChildProcessByStdio<Writable, Readable, Readable>;

/** Resolves when a process has ended or could not be started; never rejects. */
function endOf(child: First): Promise<string> {
  const stderr = collect(child.stderr);
  child.stdin.on("error", () => "it has ended, which `close` tells");
  return new Promise((resolve) => {
    child.on("error", (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
    child.once("close", () => resolve(stderr()));
  });
}

/** Waits for the shell's line: then `unshare` is done. */
async function insideOf(child: First, ended: Promise<string>, signal?: AbortSignal): Promise<number> {
  const inside = new Promise<undefined>((resolve) => {
    child.stdout.once("data", () => resolve(undefined));
  });
  const problem = await Promise.race([inside, ended]);
  signal?.throwIfAborted();
  if (problem !== undefined || child.pid === undefined) throw new NamespaceRefused(problem);
  return child.pid;
}

function heldBy(file: FileHandle): UserNamespace {
  return {
    path: `/proc/${process.pid}/fd/${file.fd}`,
    [Symbol.asyncDispose]: () => file.close(),
  };
}
