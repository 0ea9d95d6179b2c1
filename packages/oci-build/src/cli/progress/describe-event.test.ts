import { describe, expect, it } from "vitest";
import { describeEvent } from "./describe-event.js";

describe("describeEvent", () => {
  const warning = { type: "warning", timeMs: 0, code: "EXECUTOR_SINGLE_ID", message: "one id only" } as const;

  it("tells a warning with its code", () => {
    expect(describeEvent(warning)?.line).toBe("WARNING: one id only [EXECUTOR_SINGLE_ID]");
  });

  it("tells what would help, where a warning says it", () => {
    expect(describeEvent({ ...warning, hint: "Add a line." })?.line).toBe(
      "WARNING: one id only [EXECUTOR_SINGLE_ID]: Add a line.",
    );
  });
});
