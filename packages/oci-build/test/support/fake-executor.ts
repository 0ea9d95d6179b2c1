import { mkdir, rm } from "node:fs/promises";
import type { ExecRequest, ExecResult, ExecStatus, Executor } from "@oci-build/executor";
import type { LayerEntry } from "@oci-build/oci";
import { compareTreePaths } from "@oci-build/oci";
import type { ExecutorFactory } from "../../src/solve/executor-source.js";

/** What a made-up command does. `files` are what it leaves behind, by path; undefined deletes. */
interface FakeRun {
  readonly files?: Readonly<Record<string, string | undefined>> | undefined;
  readonly output?: readonly (readonly ["stdout" | "stderr", string])[] | undefined;
  readonly status?: ExecStatus | undefined;
}

/** Stands for the shell of a made-up executor: told the command, it says what that does. */
export type FakeShell = (command: string, request: ExecRequest) => FakeRun | Promise<FakeRun>;

/** An executor that runs nothing, and what it was asked to. */
export interface FakeExecutors extends ExecutorFactory {
  readonly requests: readonly ExecRequest[];
  /** What was called: `check`, `open`, `run …`, `dispose result`, `dispose`. */
  readonly calls: readonly string[];
}

export interface FakeExecutorOptions {
  readonly fidelity?: Executor["fidelity"] | undefined;
  /** What is to be done until a command can start. */
  readonly beforeStart?: (() => Promise<void>) | undefined;
}

/** Executors whose commands are played by a function. Commands are the last argument of each request. */
export function fakeExecutors(
  shell: FakeShell,
  { fidelity = "full", beforeStart }: FakeExecutorOptions = {},
): FakeExecutors {
  const requests: ExecRequest[] = [];
  const calls: string[] = [];
  const executor: Executor = {
    name: "util-linux",
    fidelity,
    folders: {
      space: "fake",
      make: (folder) => mkdir(folder),
      fill: () => Promise.resolve(),
      remove: (folder) => rm(folder, { recursive: true }),
      read: () => noEntries(),
    },
    async run(request) {
      requests.push(request);
      const command = request.args.at(-1) ?? "";
      calls.push(`run ${command}`);
      await beforeStart?.();
      request.signal?.throwIfAborted();
      request.onStart?.();
      const {
        files = {},
        output = [],
        status = { kind: "exited", exitCode: 0 },
      } = await shell(command, request);
      for (const [stream, text] of output) await request.onOutput(stream, new TextEncoder().encode(text));
      return fakeResult({ files, status, calls });
    },
    [Symbol.asyncDispose]() {
      calls.push("dispose");
      return Promise.resolve();
    },
  };
  return {
    requests,
    calls,
    check() {
      calls.push("check");
      return Promise.resolve({ name: "util-linux", fidelity });
    },
    open() {
      calls.push("open");
      return Promise.resolve(executor);
    },
  };
}

function fakeResult({
  files,
  status,
  calls,
}: Required<Pick<FakeRun, "files" | "status">> & { readonly calls: string[] }): ExecResult {
  return {
    status: status ?? { kind: "exited", exitCode: 0 },
    async *changes() {
      yield await Promise.resolve(layerEntries(files ?? {}));
    },
    enter({ args }) {
      calls.push(`enter ${args.join(" ")}`);
      return Promise.resolve({ kind: "exited", exitCode: 0 });
    },
    [Symbol.asyncDispose]() {
      calls.push("dispose result");
      return Promise.resolve();
    },
  };
}

function layerEntries(files: Readonly<Record<string, string | undefined>>): readonly LayerEntry[] {
  const names = Object.keys(files).sort(compareTreePaths);
  return names.map((path): LayerEntry => {
    const text = files[path];
    if (text === undefined) return { type: "whiteout", path };
    const bytes = Buffer.from(text);
    const meta = { path, mode: 0o644, uid: 0, gid: 0, mtimeSec: Math.floor(Date.now() / 1000) };
    return { type: "file", ...meta, size: bytes.length, open: () => readerOf(bytes) };
  });
}

async function* noEntries(): AsyncGenerator<Iterable<LayerEntry>, void, undefined> {
  await Promise.resolve();
  yield* [];
}

function readerOf(bytes: Buffer) {
  let position = 0;
  return {
    read(target: Uint8Array): number {
      const count = bytes.copy(target, 0, position);
      position += count;
      return count;
    },
    close: () => undefined,
  };
}
