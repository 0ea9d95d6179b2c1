import { describe, expect, it } from "vitest";
import { dockerSize } from "./docker-size.js";

describe("dockerSize", () => {
  it.each([
    [0, "0B"],
    [999, "999B"],
    [1000, "1kB"],
    [7_801_234, "7.8MB"],
    [117_000_000, "117MB"],
    [1_234_567_890, "1.23GB"],
    [5e18, "5000PB"],
  ])("shows %d bytes as %s", (bytes, expected) => {
    expect(dockerSize(bytes)).toBe(expected);
  });
});
