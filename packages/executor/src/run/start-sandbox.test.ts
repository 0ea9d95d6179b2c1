import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HeldMounts } from "./held-mounts.js";
import { OutputPipes } from "./output-pipes.js";
import { startSandbox } from "./start-sandbox.js";

/** Longer than Linux lets one argument be. */
const TOO_LONG = "x".repeat(140_000);

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-start-"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform !== "linux")("startSandbox (skipped: needs Linux)", () => {
  it.each<[string, readonly [string, ...string[]], object]>([
    [
      "arguments are too long",
      ["/bin/true", TOO_LONG],
      { problem: "its arguments and variables are longer than the system allows" },
    ],
    ["the program is not there", ["/nope"], { problem: "spawn /nope ENOENT" }],
    ["it ends before it gets so far", ["/bin/false"], { problem: "a helper ended with 1" }],
  ])("says that a command cannot be started where %s", async (_, command, data) => {
    const pipes = new OutputPipes(folder, async (names) => {
      execFileSync("mkfifo", names, { cwd: folder });
    });
    const started = startSandbox({
      ...{ command, pipes, cwd: folder, env: {}, files: new Uint8Array(), inherited: [] },
      ...{ stdio: "captured", terminal: undefined, signal: undefined },
      onOutput: () => undefined,
      stop: async () => undefined,
      mounts: new HeldMounts(),
      group: undefined,
    });
    await expect(started).rejects.toMatchObject({ code: "EXECUTOR_START_FAILED", data });
    expect(
      fs
        .readdirSync("/proc/self/fd")
        .map(linkOf)
        .filter((to) => to.startsWith(folder)),
    ).toEqual([]);
  });
});

function linkOf(fd: string): string {
  return fs.existsSync(`/proc/self/fd/${fd}`) ? fs.readlinkSync(`/proc/self/fd/${fd}`) : "";
}
