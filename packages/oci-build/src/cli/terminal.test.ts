import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { textStyle } from "./terminal.js";

const pipe = new PassThrough();
const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 66 });

describe("textStyle", () => {
  it.each([
    ["a terminal", terminal, {}, true],
    ["a pipe", pipe, {}, false],
    ["a pipe with FORCE_COLOR=1", pipe, { FORCE_COLOR: "1" }, true],
    ["a pipe with an empty FORCE_COLOR", pipe, { FORCE_COLOR: "" }, false],
    ["a terminal with FORCE_COLOR=0", terminal, { FORCE_COLOR: "0" }, false],
    ["a terminal with NO_COLOR=1", terminal, { NO_COLOR: "1" }, false],
    ["a terminal with an empty NO_COLOR", terminal, { NO_COLOR: "" }, true],
    ["a terminal with both", terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    ["a dumb terminal", terminal, { TERM: "dumb" }, false],
  ])("of %s", (_, stream, env, color) => {
    expect(textStyle(stream, env).color).toBe(color);
  });

  it("has the width of the terminal, or 100 columns", () => {
    expect([textStyle(terminal, {}).width, textStyle(pipe, {}).width]).toEqual([66, 100]);
  });
});
