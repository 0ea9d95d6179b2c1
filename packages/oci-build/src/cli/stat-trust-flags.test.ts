import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { flagOptions } from "./flag-options.js";
import { parseArguments } from "./parse-arguments.js";
import { plainRequest } from "./plain-request.js";

const process = {
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  stdin: new PassThrough(),
  env: {},
  on: () => undefined,
  off: () => undefined,
};

function trustOf(args: readonly string[]): unknown {
  const request = parseArguments(args, process);
  return request.kind === "build" ? flagOptions(".", request.flags, process).trustStat : "not a build";
}

describe("how files are known to be unchanged", () => {
  it.each([
    [["."], undefined],
    [["--verify", "."], "never"],
    [["--trust-stat", "."], "always"],
    [["--verify=true", "."], "never"],
    [["--verify=false", "."], undefined],
    [["--verify=false", "--trust-stat", "."], "always"],
  ])("%j asks for %j", (args, trust) => {
    expect(trustOf(args)).toBe(trust);
  });

  it("cannot be asked for both ways", () => {
    expect(() => trustOf(["--verify", "--trust-stat", "."])).toThrow(
      expect.objectContaining({
        code: "OPTION_INVALID",
        message: "--verify --trust-stat: files are either read or trusted",
      }),
    );
  });

  it("is read the same way from plain command lines", () => {
    for (const args of [
      ["--verify", "."],
      ["--trust-stat", "."],
    ]) {
      expect(plainRequest(args)).toEqual(parseArguments(args, process));
    }
  });
});
