import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MeasuredCommandFailed, parseUsage, probeTime, shell, timeCommand } from "./time-command.mjs";

let scratch = "";
beforeEach(async () => {
  scratch = await fs.mkdtemp(path.join(os.tmpdir(), "oci-build-bench-"));
});
afterEach(() => fs.rm(scratch, { recursive: true, force: true }));

describe("parseUsage", () => {
  it("reads user and system seconds and kilobytes, whatever the command said before", () => {
    expect(parseUsage("1.25 0.07 40960\n")).toEqual({ userMs: 1250, sysMs: 70, maxRssKiB: 40960 });
  });

  it("refuses what it did not ask for", () => {
    expect(() => parseUsage("0:01.2 0.1 x")).toThrow("not what time was asked to write");
  });
});

describe("timeCommand", () => {
  const time = probeTime();

  it.each(time === "gnu" ? (["gnu", "none"] as const) : (["none"] as const))(
    "gives both outputs and the wall time (time: %s)",
    async (kind) => {
      const command = shell("echo out; echo err >&2; sleep 0.1");
      const { sample, stdout, stderr } = await timeCommand(command, { scratch, time: kind });
      expect({ stdout, stderr }).toEqual({ stdout: "out\n", stderr: "err\n" });
      expect(sample.wallMs).toBeGreaterThanOrEqual(100);
      expect(sample.maxRssKiB !== undefined).toBe(kind === "gnu");
    },
  );

  it.runIf(time === "gnu")(
    "counts the memory of the command and its children, not that of this process (skipped without GNU time)",
    async () => {
      const bytes = 200 * 1024 ** 2;
      const child = `${process.execPath} -e 'Buffer.alloc(${bytes}, 1)'`;
      const small = await timeCommand(shell("true"), { scratch, time });
      const large = await timeCommand(shell(`${child}; true`), { scratch, time });
      expect(small.sample.maxRssKiB).toBeLessThan(20 * 1024);
      expect(large.sample.maxRssKiB).toBeGreaterThan(bytes / 1024);
    },
  );

  it("fails with what the command said last", async () => {
    const failing = timeCommand(shell("echo reason >&2; exit 3"), { scratch, time });
    await expect(failing).rejects.toThrow(MeasuredCommandFailed);
    await expect(failing).rejects.toThrow(/^status 3: reason\nof sh -ec/);
  });
});
