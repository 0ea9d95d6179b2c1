import { describe, expect, it } from "vitest";
import { matchSteps } from "./match-steps.js";

/** Steps from lines such as `base: COPY a b`; ids are their places. */
function steps(prefix: string, lines: readonly string[]) {
  return lines.map((line, index) => {
    const [stage = "", instruction = ""] = line.split(": ");
    return { id: `${prefix}${index}`, stage, instruction };
  });
}

describe("matchSteps", () => {
  it.each<[string, string[], string[], string[]]>([
    ["equal steps", ["a: COPY x y"], ["a: COPY x y"], ["new0=old0"]],
    [
      "a changed step with the one of its place",
      ["a: COPY x y", "a: COPY p q"],
      ["a: COPY x z", "a: COPY p q"],
      ["new1=old1", "new0=old0"],
    ],
    ["equal steps across an inserted one", ["a: COPY x y"], ["a: COPY n n", "a: COPY x y"], ["new1=old0"]],
    ["equal steps across one that is gone", ["a: COPY n n", "a: COPY x y"], ["a: COPY x y"], ["new0=old1"]],
    [
      "steps of one kind only",
      ["a: WORKDIR /a", "a: COPY x y"],
      ["a: COPY x z", "a: WORKDIR /b"],
      ["new0=old1"],
    ],
    ["kinds in any letter case", ["a: copy x y"], ["a: COPY x z"], ["new0=old0"]],
    ["steps of one stage only", ["a: COPY x y"], ["b: COPY x y"], []],
    ["nothing with nothing", [], [], []],
    ["each earlier step once", ["a: COPY x y"], ["a: COPY x y", "a: COPY x y"], ["new0=old0"]],
  ])("matches %s", (_, before, after, pairs) => {
    const matched = matchSteps(steps("old", before), steps("new", after));
    expect([...matched].map(([id, old]) => `${id}=${old.id}`).sort()).toEqual([...pairs].sort());
  });

  it("takes the longest common sequence in the middle of what changed", () => {
    const before = ["COPY 1 1", "COPY 2 2", "COPY 3 3", "COPY 4 4"].map((text) => `a: ${text}`);
    const after = ["COPY 0 0", "COPY 3 3", "COPY 2 2", "COPY 4 4", "COPY 5 5"].map((text) => `a: ${text}`);
    const matched = matchSteps(steps("old", before), steps("new", after));
    expect(matched.get("new3")?.id).toBe("old3");
    expect(
      [matched.get("new1")?.id, matched.get("new2")?.id].filter((id) => id === "old2" || id === "old1"),
    ).not.toEqual([]);
  });

  it("does not compare all with all in files of many steps", () => {
    const many = (text: string): string[] =>
      Array.from({ length: 20_000 }, (_, index) => `a: COPY ${text} ${index}`);
    expect(matchSteps(steps("old", many("x")), steps("new", many("y"))).size).toBe(20_000);
  });
});
