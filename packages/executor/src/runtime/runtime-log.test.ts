import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/support/build-folder.js";
import { type RuntimeLog, readRuntimeLog } from "./runtime-log.js";

function readText(text: string | Uint8Array, terminal: "none" | "made"): Promise<RuntimeLog> {
  const log = path.join(temporaryFolder(), "log");
  writeFileSync(log, text);
  return readRuntimeLog(log, terminal);
}

describe("readRuntimeLog", () => {
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
      '{"msg":"executable file not found: `/bin/\u00e4`","level":"error"}\n',
      "executable file not found: `/bin/\u00e4`",
    ],
    ["several", '{"level":"error","msg":"a"}\n{"level":"fatal","msg":"b"}\n', "a; b"],
    ["what is no JSON", "panic: oh\n", "panic: oh"],
    ["what is no object", "7\n", "7"],
  ])("finds the errors in %s", async (_, text, errors) => {
    const read = await readText(text, "none");
    expect({ errors: read.errors, output: read.output.length }).toEqual({ errors, output: 0 });
  });

  it("finds nothing in a log that was never written", async () => {
    const { errors } = await readRuntimeLog(path.join(temporaryFolder(), "log"), "none");
    expect(errors).toBeUndefined();
  });

  it.each([
    ["a line", "33 77\r\n\n", "33 77\n"],
    ["a line without an end", "$ \n", "$ "],
    ["a number", "7\r\n\n", "7\n"],
    ["a log of the command's own", '{"level":"error","msg":"a"}\r\n\n', '{"level":"error","msg":"a"}\n'],
    ["bytes that are no text", Buffer.from([0xff, 0x0a]), Buffer.from([0xff])],
    [
      "pieces",
      `${"a".repeat(255)}\n${"b".repeat(253)}\r\n\nend\n`,
      `${"a".repeat(255)}${"b".repeat(253)}\nend`,
    ],
    ["what comes behind an entry", '{"level":"warning","msg":"no cgroup"}\nx\n', "x"],
    ["nothing", "", ""],
  ])("finds what a command wrote to its terminal in %s", async (_, text, output) => {
    const read = await readText(text, "made");
    expect({ errors: read.errors, output: Buffer.from(read.output) }).toEqual({
      errors: undefined,
      output: Buffer.from(output),
    });
  });

  it("finds the errors beside what a command wrote to its terminal", async () => {
    const { errors, output } = await readText('{"level":"error","msg":"a"}\nx\n', "made");
    expect({ errors, output: Buffer.from(output).toString("utf8") }).toEqual({ errors: "a", output: "x" });
  });
});
