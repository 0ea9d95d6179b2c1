import { describe, expect, it } from "vitest";
import { goBooleans } from "./go-booleans.js";

describe("goBooleans", () => {
  it.each([
    [
      ["--no-cache=true", "."],
      ["--no-cache", "."],
    ],
    [
      ["--no-cache=false", "."],
      ["--cache", "."],
    ],
    [
      ["--quiet=0", "."],
      ["--no-quiet", "."],
    ],
    [["-q=true"], ["-q"]],
    [["--explain=false"], ["--no-explain"]],
    [
      ["--fail-on-cache-miss", "."],
      ["--fail-on-cache-miss=*", "."],
    ],
    [["--fail-on-cache-miss=true"], ["--fail-on-cache-miss=*"]],
    [["--fail-on-cache-miss=False"], ["--no-fail-on-cache-miss"]],
    [["--fail-on-cache-miss=0"], ["--fail-on-cache-miss=0"]],
    [["--fail-on-cache-miss=t"], ["--fail-on-cache-miss=t"]],
    [["--fail-on-cache-miss=build"], ["--fail-on-cache-miss=build"]],
    [["--quiet=T"], ["--quiet"]],
    [["--no-cache=maybe"], ["--no-cache=maybe"]],
    [["--tag=true"], ["--tag=true"]],
    [
      ["--", "--no-cache=true"],
      ["--", "--no-cache=true"],
    ],
  ])("turns %j into %j", (args, expected) => {
    expect(goBooleans(args)).toEqual(expected);
  });
});
