import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { bundleChild } from "../../../../test/support/bundle-child.js";

/** A child process that runs one of `test/children` on our sources and speaks in lines. */
export interface TestChild extends AsyncDisposable {
  readonly process: ChildProcess;
  /** The next line that the child writes; fails with its errors when it ends before. */
  nextLine(): Promise<string>;
  /** Sends a line to the child. */
  send(line: string): void;
  /** Resolves when the child has ended, with its exit code. */
  ended(): Promise<number | null>;
}

/** Starts `test/children/<name>.ts`. */
export function startChild(name: string, args: readonly string[]): TestChild {
  const script = bundleChild(new URL(`../children/${name}.ts`, import.meta.url));
  const nodeArgs = ["--enable-source-maps", script, ...args];
  const child = spawn(process.execPath, nodeArgs, { stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const exit = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    nextLine: async () => {
      const line = await lines.next();
      if (line.done === true) throw new Error(`the child ended: ${errors}`);
      return line.value;
    },
    send: (line) => child.stdin.write(`${line}\n`),
    ended: async () => {
      await exit;
      return child.exitCode;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
