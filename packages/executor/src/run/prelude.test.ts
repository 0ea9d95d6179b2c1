import { describe, expect, it } from "vitest";
import type { MountLine } from "./backend.js";
import { mountPhases, preludeEnv } from "./prelude.js";
import { shellQuote } from "./shell-quote.js";

const mount = (target: string, make?: "directory" | "file"): MountLine => {
  return { type: "tmpfs", source: "tmpfs", target, options: [], make };
};

describe("mountPhases", () => {
  it("takes one table when nothing has to be made in between", () => {
    const phases = mountPhases([mount("/a"), mount("/b")], "/r");
    expect(phases.map(({ makes, lines }) => [makes.length, lines.length])).toEqual([[0, 2]]);
  });

  it("begins another where something is made in an earlier mount", () => {
    const phases = mountPhases(
      [mount("/a"), mount("/a/b", "directory"), mount("/c"), mount("/a/d", "file")],
      "/r",
    );
    expect(phases.map(({ makes, lines }) => [makes, lines.map(({ target }) => target)])).toEqual([
      [[], ["/a"]],
      [[{ path: "/a/b", type: "directory" }], ["/a/b", "/c"]],
      [[{ path: "/a/d", type: "file" }], ["/a/d"]],
    ]);
  });

  it("makes a mount aside and puts it in its place where others may be putting links", () => {
    const through = { folder: "/r/root/c", type: "file" } as const;
    const phases = mountPhases([mount("/a"), { ...mount("/r/root/c/d/e"), through }, mount("/b")], "/r");
    expect(
      phases.map(({ makes, lines, after }) => [makes, lines.map(({ target }) => target), after]),
    ).toEqual([
      [[], ["/a"], undefined],
      [[{ path: "/r/side/t1", type: "file" }], ["/r/side/t1"], ["attach '/r/side/t1' 'e' '/r/root/c' 'd'"]],
      [[], ["/b"], undefined],
    ]);
  });

  it("looks at what a mount shows before the next is made", () => {
    const shows = { device: "8:1", path: "/x" };
    const phases = mountPhases([{ ...mount("/r/m 1"), shows }, mount("/b")], "/r");
    expect(phases.map(({ after }) => after)).toEqual([["check '/r/m\\0401' '/x' '8:1'"], undefined]);
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
