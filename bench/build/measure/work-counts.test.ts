import { expect, it } from "vitest";
import { readWorkCounts } from "./work-counts.mjs";

const lines = (...events: readonly object[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");

it("sums what finished steps did, by the events' own names, and counts their states", () => {
  const step = { id: "1", span: { start: 5 } };
  const text = lines(
    { type: "build.started", timeMs: 1 },
    { type: "context.scanned", entries: 9, durationMs: 4 },
    { type: "step.progress", doneBytes: 7, totalBytes: 8, filesLeft: 6 },
    {
      type: "step.finished",
      step,
      durationMs: 2,
      outcome: { status: "cached", filesHashed: 2, layer: { size: 4 } },
    },
    {
      type: "step.finished",
      step,
      outcome: { status: "executed", filesHashed: 3, segments: { reused: 5, compressed: 1 } },
    },
    { type: "output.finished", destination: "x", size: 5, outcome: "unchanged" },
  );
  expect(readWorkCounts(`warning: not JSON\n${text}`)).toEqual({
    contextEntries: 9,
    stepsCached: 1,
    stepsExecuted: 1,
    filesHashed: 5,
    segmentsReused: 5,
    segmentsCompressed: 1,
    outputUnchanged: 1,
  });
});

it("has no numbers that no event had", () => {
  expect(readWorkCounts("")).toEqual({});
});
