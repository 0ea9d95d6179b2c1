import { describe, expect, it } from "vitest";
import { UsageError } from "../command/flags.mjs";
import { parseOptions } from "./options.mjs";

const env = { OCI_BUILD_BENCH_DIR: "/somewhere" };

describe("parseOptions of bench/run.mjs", () => {
  it.each([
    { args: [], expected: { size: "standard", rounds: 5, peerRounds: 2, folder: "/somewhere" } },
    { args: ["--smoke"], expected: { size: "smoke", rounds: 0 } },
    { args: ["--quick", "--rounds", "7"], expected: { size: "quick", rounds: 7, peerRounds: 0 } },
    { args: ["--only", "unpack", "--no-build"], expected: { only: "unpack", ourselves: "as-it-is" } },
    { args: ["--base", "root.tar"], expected: { base: "root.tar" } },
    { args: ["--publish"], expected: { publish: true } },
    { args: ["--help"], expected: "help" },
  ])("takes $args", ({ args, expected }) => {
    const options = parseOptions(args, env);
    if (typeof expected === "string") expect(options).toBe(expected);
    else expect(options).toMatchObject(expected);
  });

  it.each([
    { args: ["--fast"] },
    { args: ["--rounds", "many"] },
    { args: ["--quick", "--smoke"] },
    { args: ["stray"] },
  ])("refuses $args", ({ args }) => {
    expect(() => parseOptions(args, env)).toThrow(UsageError);
  });

  it.each(["--quick", "--smoke", "--only=unpack", "--base=root.tar", "--no-build"])(
    "publishes nothing but a whole run: not %s",
    (flag) => {
      expect(() => parseOptions(["--publish", flag], env)).toThrow(UsageError);
    },
  );
});
