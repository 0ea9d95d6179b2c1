import { describe, expect, it } from "vitest";
import type { MountLine } from "./backend.js";
import { mountPhases, preludeEnv } from "./prelude.js";
import { shellQuote } from "./shell-quote.js";

const mount = (target: string, make?: "directory" | "file"): MountLine => {
  return { type: "tmpfs", source: "tmpfs", target, options: [], make };
};

describe("mountPhases", () => {
  it("takes one table when nothing has to be made in between", () => {
    const phases = mountPhases([mount("/a"), mount("/b")]);
    expect(phases.map(({ makes, lines }) => [makes.length, lines.length])).toEqual([[0, 2]]);
  });

  it("begins another where something is made in an earlier mount", () => {
    const phases = mountPhases([mount("/a"), mount("/a/b", "directory"), mount("/c"), mount("/a/d", "file")]);
    expect(phases.map(({ makes, lines }) => [makes, lines.map(({ target }) => target)])).toEqual([
      [[], ["/a"]],
      [[{ path: "/a/b", type: "directory" }], ["/a/b", "/c"]],
      [[{ path: "/a/d", type: "file" }], ["/a/d"]],
    ]);
  });
});

describe("preludeEnv", () => {
  it("lets no name of the command's reach the programs on the way", () => {
    const env = preludeEnv(
      new Map([
        ["PATH", "/evil"],
        ["HOME", "/h"],
      ]),
      { PATH: "/usr/bin" },
    );
    expect(env).toEqual({ PATH: "/usr/bin", oci_build_value_0: "/evil", oci_build_value_1: "/h" });
  });
});

describe("shellQuote", () => {
  it.each([
    ["", "''"],
    ["a b", "'a b'"],
    ["$x `y`", "'$x `y`'"],
    ["it's", "'it'\\''s'"],
  ])("makes %j one word", (word, quoted) => {
    expect(shellQuote(word)).toBe(quoted);
  });
});
