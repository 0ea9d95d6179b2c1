import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/support/build-folder.js";
import { runtimeErrors } from "./runtime-log.js";

describe("runtimeErrors", () => {
  it.each([
    ["nothing", "", undefined],
    ["warnings", '{"level":"warning","msg":"no cgroup"}\n', undefined],
    [
      "an error of runc",
      '{"level":"error","msg":"runc run failed: no such file","time":"x"}\n',
      "no such file",
    ],
    [
      "an error of crun",
      '{"msg":"executable file not found","level":"error"}\n',
      "executable file not found",
    ],
    ["several", '{"level":"error","msg":"a"}\n{"level":"fatal","msg":"b"}\n', "a; b"],
    ["what is no JSON", "panic: oh\n", "panic: oh"],
    ["what is no object", "7\n", "7"],
  ])("makes of %s", async (_, text, errors) => {
    const log = path.join(temporaryFolder(), "log");
    writeFileSync(log, text);
    expect(await runtimeErrors(log)).toBe(errors);
  });

  it("makes nothing of a log that was never written", async () => {
    expect(await runtimeErrors(path.join(temporaryFolder(), "log"))).toBeUndefined();
  });
});
