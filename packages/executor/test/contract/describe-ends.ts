import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runsFolder } from "../../src/run/executor-home.js";
import { childFile } from "../support/child.js";
import { filesBelow, mountsBelow, processesWith, until } from "../support/host-state.js";
import { changeLines, collectOutput, run, shell } from "../support/run-request.js";
import type { GetSubject } from "./subject.js";

/** What is left of a command, however it ends: nothing. */
export function describeEnds(subject: GetSubject): void {
  /** A number of seconds that no other sleep of this machine has or begins with. */
  const pid = String(process.pid).padStart(8, "0");
  const marks = Array.from({ length: 9 }, (_, index) => `${3000 + index}.${pid}`);
  const mark = (): string => marks.pop() ?? "3999.1";
  /** The process itself: those on the way to it have its words in their arguments, too. */
  const running = (text: string): (() => boolean) => {
    return () => processesWith(text).some((line) => line.trim().replace(/^\d+ /, "") === text);
  };
  const gone =
    (text: string): (() => boolean) =>
    () =>
      processesWith(text).length === 0;

  describe("an abort", () => {
    it.each([
      ["a command that heeds SIGTERM", (seconds: string) => `trap 'exit 7' TERM; sleep ${seconds} & wait`],
      ["one that does not", (seconds: string) => `trap '' TERM; sleep ${seconds} & wait; sleep ${seconds}`],
      [
        "processes in sessions of their own",
        (seconds: string) => `setsid sh -c 'trap "" TERM HUP; sleep ${seconds}' & sleep ${seconds}`,
      ],
    ])("ends %s within two seconds", async (_, lineOf) => {
      const { executor, root, dir } = subject();
      const seconds = mark();
      const controller = new AbortController();
      const ended = executor.run(shell(root, lineOf(seconds), { signal: controller.signal }));
      const outcome = ended.then(
        () => "resolved",
        (error: unknown) => error,
      );
      expect(await until(running(`sleep ${seconds}`), 10_000)).toBe(true);
      const reason = new Error("enough");
      const started = Date.now();
      controller.abort(reason);
      expect(await outcome).toBe(reason);
      expect(Date.now() - started).toBeLessThan(2500);
      expect(await until(gone(`sleep ${seconds}`), 500)).toBe(true);
      expect(mountsBelow(dir)).toEqual([]);
    });

    it("lets a command do what it does on SIGTERM", async () => {
      const { executor, root } = subject();
      const seconds = mark();
      const output = collectOutput();
      const controller = new AbortController();
      const line = `trap 'echo stopped; exit 1' TERM; sleep ${seconds} & wait`;
      const asked = shell(root, line, { signal: controller.signal });
      const outcome = executor.run({ ...asked, onOutput: output.onOutput }).catch((error: unknown) => error);
      expect(await until(running(`sleep ${seconds}`), 10_000)).toBe(true);
      controller.abort();
      await outcome;
      expect(output.texts().stdout).toBe("stopped\n");
    });

    it("before the start starts nothing", async () => {
      const { executor, root } = subject();
      const seconds = mark();
      const signal = AbortSignal.abort(new Error("too late"));
      await expect(run(executor, shell(root, `sleep ${seconds}`, { signal }))).rejects.toThrow("too late");
      expect(processesWith(`sleep ${seconds}`)).toEqual([]);
    });
  });

  describe("an executor", () => {
    it("leaves no mount, process or folder of a run that is disposed of", async () => {
      const { open, root, dir } = subject();
      {
        // Layers stay unpacked.
        await using first = await open();
        await (await first.run(shell(root, "true")))[Symbol.asyncDispose]();
      }
      const before = filesBelow(path.dirname(dir));
      {
        await using executor = await open();
        const result = await executor.run(shell(root, "echo x >/x; mkdir -m 0 /locked; exit 1"));
        expect((await changeLines(result)).length).toBe(2);
        await result[Symbol.asyncDispose]();
      }
      expect(mountsBelow(dir)).toEqual([]);
      expect(await until(gone(dir), 1000)).toBe(true);
      expect(filesBelow(path.dirname(dir))).toEqual(before);
    });

    it("ends what still runs when it is disposed of", async () => {
      const { open, root, dir } = subject();
      const seconds = mark();
      const executor = await open();
      const outcome = executor.run(shell(root, `sleep ${seconds}`)).then(
        () => "resolved",
        () => "rejected",
      );
      expect(await until(running(`sleep ${seconds}`), 10_000)).toBe(true);
      await executor[Symbol.asyncDispose]();
      expect(await until(gone(`sleep ${seconds}`), 2500)).toBe(true);
      await outcome;
      expect(mountsBelow(dir)).toEqual([]);
    });

    it("keeps the log of a noisy command in order and in bounds", async () => {
      const { executor, root } = subject();
      const output = collectOutput();
      await using result = await executor.run({
        ...shell(root, "for i in $(seq 2000); do echo $i; done"),
        onOutput: output.onOutput,
      });
      expect(result.status).toEqual({ kind: "exited", exitCode: 0 });
      expect(output.texts().stdout).toBe(
        `${Array.from({ length: 2000 }, (_, index) => index + 1).join("\n")}\n`,
      );
    });
  });

  describe("kill -9 of the process that runs commands", () => {
    it("ends the commands, and the next executor removes what is left", async () => {
      const { executor, root, dir, open } = subject();
      const seconds = mark();
      const runsBefore = readdirSync(runsFolder(dir));
      const args = [childFile("run-sleep"), executor.name, dir, seconds];
      const runner = spawn(process.execPath, args, { stdio: "inherit" });
      try {
        expect(await until(running(`sleep ${seconds}`), 10_000)).toBe(true);
      } finally {
        runner.kill("SIGKILL");
      }
      await once(runner, "close");
      expect(await until(gone(`sleep ${seconds}`), 2000)).toBe(true);
      expect(mountsBelow(dir)).toEqual([]);
      {
        await using next = await open();
        await run(next, shell(root, "true"));
      }
      expect(readdirSync(runsFolder(dir))).toEqual(runsBefore);
    });
  });
}
