import { expect, it } from "vitest";
import { layerMs } from "./layer-time.mjs";

const line = (type: string, timeMs: number, step?: string): string =>
  JSON.stringify({ type, timeMs, ...(step === undefined ? {} : { step: { id: step } }) });

it("is the time from the last output until the step that wrote it was done", () => {
  const events = [
    line("step.output", 100, "1"),
    line("step.finished", 130, "1"),
    line("step.output", 200, "2"),
    line("step.output", 210, "2"),
    line("step.finished", 285, "2"),
    line("build.finished", 900),
  ];
  expect(layerMs(`a warning of node\n${events.join("\n")}\n`)).toBe(75);
});

it("is no number where nothing was written, or the step did not end", () => {
  expect(layerMs(line("step.finished", 1, "1"))).toBeNaN();
  expect(layerMs(line("step.output", 1, "1"))).toBeNaN();
});
