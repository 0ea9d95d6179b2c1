import { describe, expect, it } from "vitest";
import { outputLines } from "./output-lines.js";

describe("outputLines", () => {
  it.each<[string, string, readonly string[]]>([
    ["lines", "a\nb\n", ["a", "b"]],
    ["empty lines", "a\n\nb\n", ["a", "", "b"]],
    ["a line without an end", "a", ["a"]],
    ["a progress bar", "1%\r50%\r100%\n", ["100%"]],
    ["a progress bar that goes on", "1%\r50%\r\n", ["50%"]],
    ["lines of Windows", "a\r\nb\r\n", ["a", "b"]],
    ["colours", "\u001b[1;31mred\u001b[0m", ["red"]],
    ["cursor moves", "\u001b[2J\u001b[1;1H\u001b(Btop\u001b7\u001b[?25l", ["top"]],
    ["a link and a title", "\u001b]8;;https://a.example\u0007text\u001b]0;title\u001b\\", ["text"]],
    ["tabs", "a\tb", ["a\tb"]],
  ])("shows %s as a terminal would", (_, text, lines) => {
    expect(outputLines(text)).toEqual(lines);
  });

  it("makes what is left of control characters visible", () => {
    expect(outputLines("a\u0007\u001b[31\u009b2J\u202e")).toEqual(["a\\x07\\x1b[31\\x9b2J\\u202e"]);
  });

  it("masks credentials in addresses", () => {
    expect(outputLines("GET https://me:pass@a.example/")).toEqual(["GET https://*******@a.example/"]);
  });
});
