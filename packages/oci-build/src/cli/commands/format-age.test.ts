import { describe, expect, it } from "vitest";
import { formatAge } from "./format-age.js";

const NOW_SEC = 2_000_000_000;

describe("formatAge", () => {
  it.each([
    [-100, "just now"],
    [59, "just now"],
    [60, "a minute ago"],
    [119, "a minute ago"],
    [120, "2 minutes ago"],
    [7_199, "119 minutes ago"],
    [7_200, "2 hours ago"],
    [2 * 86_400, "2 days ago"],
    [20 * 86_400, "2 weeks ago"],
    [90 * 86_400, "3 months ago"],
    [800 * 86_400, "2 years ago"],
  ])("says of %s seconds: %s", (seconds, expected) => {
    expect(formatAge(NOW_SEC - seconds, NOW_SEC * 1000)).toBe(expected);
  });
});
