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

  it("tells what was imported from where, and how much was exported", () => {
    const imported = {
      type: "cache.imported",
      stepName: "[2/3] COPY a /",
      from: "/shared",
      size: 2_000,
    } as const;
    expect(describeEvent({ ...imported, timeMs: 0, durationMs: 5 })?.line).toBe(
      "import 2.00 kB from /shared for [2/3] COPY a /",
    );
    const begun = describeEvent({ type: "cache.exporting", timeMs: 0, dir: "/shared" });
    const done = { type: "cache.exported", timeMs: 0, dir: "/shared", records: 3, durationMs: 500 } as const;
    expect(begun?.line).toBe("export cache to /shared");
    expect(describeEvent(done)).toEqual({ work: begun?.work, line: "DONE 0.5s  3 records" });
  });
});
