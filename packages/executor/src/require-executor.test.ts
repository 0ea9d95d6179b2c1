import { isOciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { type RunStep, requireExecutor } from "./require-executor.js";

const step = (line: number): RunStep => ({ line, text: `RUN make part-${line}` });

function errorOf(steps: readonly RunStep[]): unknown {
  try {
    requireExecutor(steps);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("requireExecutor", () => {
  it("lets a build without RUN pass", () => {
    expect(errorOf([])).toBeUndefined();
  });

  it("refuses RUN as a lack of the environment, with a hint", () => {
    const error = errorOf([step(3)]);
    expect(isOciBuildError(error, "EXECUTOR_UNAVAILABLE")).toBe(true);
    expect(error).toMatchObject({ exitCode: 3, hint: expect.stringContaining("COPY") });
  });

  it.each([
    [1, "cannot run a RUN step: this version has no executor (line 1: RUN make part-1)"],
    [
      2,
      "cannot run 2 RUN steps: this version has no executor (line 1: RUN make part-1; line 2: RUN make part-2)",
    ],
    [
      5,
      "cannot run 5 RUN steps: this version has no executor (line 1: RUN make part-1; line 2: RUN make part-2; line 3: RUN make part-3; and 2 more)",
    ],
  ])("names the lines of %i steps", (count, message) => {
    const steps = Array.from({ length: count }, (_, index) => step(index + 1));
    expect(errorOf(steps)).toMatchObject({ message, data: { steps } });
  });

  it("keeps the message on one line and a step in it to 80 characters", () => {
    const text = `RUN a\n\t${"b".repeat(200)}`;
    expect(errorOf([{ line: 7, text }])).toMatchObject({
      message: `cannot run a RUN step: this version has no executor (line 7: RUN a ${"b".repeat(73)}…)`,
    });
  });
});
