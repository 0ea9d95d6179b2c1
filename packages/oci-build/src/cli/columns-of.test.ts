import { describe, expect, it } from "vitest";
import { columnsOf, fitColumns, padColumns } from "./columns-of.js";

describe("columnsOf", () => {
  it.each([
    ["plain", 5],
    ["漢字", 4],
    ["한국어", 6],
    ["e\u0301", 1],
    ["😀", 2],
    ["⏳✅", 4],
    ["\u2764\ufe0f", 2],
    ["ﾊﾝｶｸ", 4],
    ["ａｂ", 4],
    ["עברית", 5],
    ["a\u200bb", 2],
  ])("of %j are %i", (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });
});

describe("fitColumns", () => {
  it.each([
    ["abcdef", 6, "abcdef"],
    ["abcdef", 5, "abcd…"],
    ["漢字漢字", 8, "漢字漢字"],
    ["漢字漢字", 7, "漢字漢…"],
    ["漢字漢字", 6, "漢字…"],
    ["abc", 1, "…"],
    ["abc", 0, ""],
  ])("gives of %j in %i columns %j", (text, columns, expected) => {
    expect(fitColumns(text, columns)).toBe(expected);
  });
});

describe("padColumns", () => {
  it("counts columns, not characters", () => {
    expect(padColumns("漢", 4)).toBe("漢  ");
    expect(padColumns("long", 2)).toBe("long");
  });
});
