import { describe, expect, it } from "vitest";
import { countIds, hasId, subordinateMap } from "./id-map.js";

const lines = subordinateMap(1000, [
  { start: 100_000, count: 10 },
  { start: 300_000, count: 5 },
]);

describe("hasId", () => {
  it.each([
    [0, true],
    [1, true],
    [15, true],
    [16, false],
    [1000, false],
    [100_000, false],
  ])("says of id %d of a root of its own, ten ids and five more: %s", (id, has) => {
    expect(hasId(lines, id)).toBe(has);
  });

  it("knows no id between two lines", () => {
    const apart = [
      { inside: 0, outside: 1, count: 1 },
      { inside: 5, outside: 6, count: 1 },
    ];
    expect([0, 1, 4, 5, 6].filter((id) => hasId(apart, id))).toEqual([0, 5]);
  });
});

describe("countIds", () => {
  it("counts users, or groups if these are fewer", () => {
    const fewer = subordinateMap(1000, []);
    expect(countIds({ users: lines, groups: lines })).toBe(16);
    expect(countIds({ users: lines, groups: fewer })).toBe(1);
    expect(countIds({ users: fewer, groups: lines })).toBe(1);
  });
});
