import { Writable } from "node:stream";
import { main } from "../../packages/oci-build/src/cli/main.js";
import type { CliProcess, OutputStream } from "../../packages/oci-build/src/cli/terminal.js";
import type { CommandOptions, CommandResult } from "./run-command.js";

/** Runs `oci-build` in this process, which goes to the folder for it: for tests of many commands, each of which would
 * take longer to start than to run. Nothing of this process's environment is seen. */
export async function runWithin(
  args: readonly string[],
  { cwd, env = {} }: Pick<CommandOptions, "cwd" | "env">,
): Promise<CommandResult> {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const process: CliProcess = {
    ...{ stdout, stderr, stdin: globalThis.process.stdin },
    env: { NO_COLOR: "1", CI: "1", ...env },
    on: () => undefined,
    off: () => undefined,
  };
  globalThis.process.chdir(cwd);
  await main(args, process);
  return { exitCode: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
}

class Collector extends Writable implements OutputStream {
  readonly #chunks: Buffer[] = [];

  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }
}
