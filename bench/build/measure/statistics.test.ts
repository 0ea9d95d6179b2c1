import { describe, expect, it } from "vitest";
import { median, pairedRatios, summarize } from "./statistics.mjs";

describe("median", () => {
  it.each([
    { numbers: [7], expected: 7 },
    { numbers: [9, 1, 5], expected: 5 },
    { numbers: [10, 1, 2, 3], expected: 2.5 },
    { numbers: [100, 9, 20], expected: 20 },
  ])("of $numbers is $expected", ({ numbers, expected }) => {
    expect(median(numbers)).toBe(expected);
  });

  it("of nothing is not a number", () => {
    expect(median([])).toBeNaN();
  });

  it("leaves the numbers in their order", () => {
    const numbers = [3, 1, 2];
    median(numbers);
    expect(numbers).toEqual([3, 1, 2]);
  });
});

describe("summarize", () => {
  it("gives the middle, the ends and the count", () => {
    expect(summarize([4, 2, 9])).toEqual({ median: 4, least: 2, most: 9, count: 3 });
  });
});

describe("pairedRatios", () => {
  it("compares values of the same round, whatever their order", () => {
    const values = [
      { round: 1, value: 10 },
      { round: 2, value: 90 },
    ];
    const baseline = [
      { round: 2, value: 30 },
      { round: 1, value: 5 },
    ];
    expect(pairedRatios(values, baseline)).toEqual([2, 3]);
  });

  it("leaves out rounds that only one took part in, and baselines of nothing", () => {
    const values = [1, 2, 3].map((round) => ({ round, value: 6 }));
    const baseline = [
      { round: 2, value: 3 },
      { round: 3, value: 0 },
      { round: 4, value: 1 },
    ];
    expect(pairedRatios(values, baseline)).toEqual([2]);
  });
});
