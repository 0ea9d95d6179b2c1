import type { HistoryEntry } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { rebasedHistory } from "./rebased-history.js";

const layer = (text: string): HistoryEntry => ({ created_by: text });
const empty = (text: string): HistoryEntry => ({ created_by: text, empty_layer: true });

/** Histories as texts, `-` before what makes no layer. */
function rebased(image: string, oldBase: string, newBase: string): string {
  const parsed = (text: string): { config: { history: HistoryEntry[] }; layers: number } => {
    const history = text
      .split(" ")
      .filter(Boolean)
      .map((word) => (word.startsWith("-") ? empty(word) : layer(word)));
    return { config: { history }, layers: history.filter((entry) => entry.empty_layer !== true).length };
  };
  const result = rebasedHistory(parsed(image), { oldBase: parsed(oldBase), newBase: parsed(newBase) });
  return result.map((entry) => entry.created_by).join(" ");
}

describe("rebasedHistory", () => {
  it.each([
    ["a -env b -cmd", "a", "x y", "x y -env b -cmd"],
    ["a -cmd b", "a -cmd", "x -sh", "x -sh b"],
    ["-arg a -cmd b", "-arg a -cmd", "x", "x b"],
    ["a b", "a b", "x", "x"],
    ["b -c", "", "x", "x b -c"],
    ["a -own b", "a -cmd", "x", "x -own b"],
  ])("puts of %s what is not of %s behind %s", (image, oldBase, newBase, expected) => {
    expect(rebased(image, oldBase, newBase)).toBe(expected);
  });

  it("counts layers that a history does not tell of", () => {
    const image = { config: { history: [layer("own")] }, layers: 2 };
    const bases = {
      oldBase: { config: {}, layers: 0 },
      newBase: { config: { created: "2024-01-01T00:00:00Z" }, layers: 1 },
    };
    expect(rebasedHistory(image, bases)).toEqual([
      { created: "2024-01-01T00:00:00Z" },
      { created_by: "own" },
      { created: undefined },
    ]);
  });
});
