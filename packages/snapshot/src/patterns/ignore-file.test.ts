import { describe, expect, it } from "vitest";
import { parseIgnoreFile } from "./ignore-file.js";

describe("parseIgnoreFile", () => {
  it.each([
    ["", []],
    ["a", ["1 a"]],
    ["a\nb\n", ["1 a", "2 b"]],
    ["a\r\nb\r\n", ["1 a", "2 b"]],
    ["\uFEFFa", ["1 a"]],
    ["\uFEFF# comment\nb", ["2 b"]],
    ["# comment\na", ["2 a"]],
    [" # no comment", ["1 # no comment"]],
    ["a # b", ["1 a # b"]],
    ["\n  \n\t\na", ["4 a"]],
    ["  a\t", ["1 a"]],
    ["\u0085a\u00a0", ["1 a"]],
    ["/a", ["1 a"]],
    ["//a", ["1 a"]],
    ["/", ["1 /"]],
    ["./a", ["1 a"]],
    ["a/", ["1 a"]],
    ["a//b/./c/..", ["1 a/b"]],
    ["../a", ["1 ../a"]],
    ["!a", ["1 !a"]],
    ["!  /a/", ["1 !a"]],
    ["  ! a", ["1 !a"]],
    ["!!a", ["1 !!a"]],
    ["!#a", ["1 !#a"]],
    ["\\#a", ["1 \\#a"]],
  ])("reads %j", (text, expected) => {
    const { patterns, problems } = parseIgnoreFile(text);
    expect(patterns.map(({ line, pattern }) => `${line} ${pattern}`)).toEqual(expected);
    expect(problems).toEqual([]);
  });

  it("Differs: a lone `!` and malformed patterns are problems with their lines; Docker names none", () => {
    const { patterns, problems } = parseIgnoreFile("a\n!\n! \nb[\n[z-a]\nc");
    expect(patterns.map(({ pattern }) => pattern)).toEqual(["a", "c"]);
    expect(problems.map(({ line, pattern }) => [line, pattern])).toEqual([
      [2, "!"],
      [3, "!"],
      [4, "b["],
      [5, "[z-a]"],
    ]);
  });

  it("reports a line that is longer than Docker's reader takes", () => {
    expect(parseIgnoreFile(`${"a".repeat(70_000)}\nb`).problems.map(({ line }) => line)).toEqual([1]);
  });
});
