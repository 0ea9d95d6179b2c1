import { describe, expect, it } from "vitest";
import type { Measured } from "../measure/run-group.mjs";
import { checkEntries } from "./check-entries.mjs";
import { judgeFigure } from "./judge.mjs";
import { judgeGrowth } from "./judge-growth.mjs";

const measured = (id: string, walls: readonly number[], maxRssKiB = 1000): Measured => ({
  ...{ id, scenario: id, tool: id, kind: id === "ours" ? "ours" : "baseline" },
  samples: walls.map((wallMs, index) => ({
    round: index + 1,
    wallMs,
    userMs: wallMs,
    sysMs: wallMs,
    maxRssKiB,
  })),
});

const figure = { scenario: "app.cold", ours: "ours", baseline: "base", others: [] };

describe("judgeFigure", () => {
  const base = measured("base", [100, 200, 50]);
  const ours = measured("ours", [150, 250, 75]);

  it("takes the median of the ratios within each round, not the ratio of the medians", () => {
    const swung = measured("ours", [300, 200, 150]);
    expect(judgeFigure(figure, [swung, base]).ours.ratio).toEqual({ median: 3, least: 1, most: 3, count: 3 });
  });

  it.each([
    { limit: 1.5, verdict: "met" },
    { limit: 1.49, verdict: "missed" },
    { limit: undefined, verdict: "shown" },
  ])("a ratio of 1.5 with the limit $limit is $verdict", ({ limit, verdict }) => {
    const limited = limit === undefined ? figure : { ...figure, limit };
    expect(judgeFigure(limited, [ours, base]).time).toBe(verdict);
  });

  it("holds the most memory of any round to the limit, in 10^6 bytes", () => {
    const hungry = { ...ours, samples: ours.samples.map((sample) => ({ ...sample })) };
    hungry.samples[1] = { round: 2, wallMs: 1, maxRssKiB: 400_000 };
    const judged = judgeFigure({ ...figure, maxRssMb: 400 }, [hungry, base]);
    expect(judged.ours.maxRssMb).toBeCloseTo(409.6);
    expect(judged.memory).toBe("missed");
  });

  it("says unmeasured, never met, when one of both did not run", () => {
    const failed = { ...measured("ours", []), missing: "failed: status 1" };
    const judged = judgeFigure({ ...figure, limit: 2, maxRssMb: 400 }, [failed, base]);
    expect(judged).toMatchObject({
      time: "unmeasured",
      memory: "unmeasured",
      ours: { missing: "failed: status 1" },
    });
  });

  it("refuses a figure of something that nothing measures", () => {
    expect(() => judgeFigure(figure, [ours])).toThrow("names base, which nothing measures");
  });
});

describe("judgeGrowth", () => {
  const size = (files: number, ms: number): { files: number; measured: readonly Measured[] } => ({
    files,
    measured: [
      { ...measured("ours", [ms]), scenario: `growth-${files}.no-change-output-absent.warm` },
      { ...measured("walk", [files / 10]), scenario: "walk" },
    ],
  });

  it("is 1 where a file costs the same in every tree, whatever the order of the trees", () => {
    const [ours, walk] = judgeGrowth([size(1000, 50), size(10, 0.5), size(100, 5)]);
    expect(ours).toMatchObject({ name: "no-change.warm", kind: "ours" });
    expect(ours?.points.map(({ files }) => files)).toEqual([10, 100, 1000]);
    expect(ours?.perFileGrowth).toBeCloseTo(1);
    expect(walk?.perFileGrowth).toBeCloseTo(1);
  });

  it("compares the largest tree with the one where a file is cheapest, so that start-up hides nothing", () => {
    const [ours] = judgeGrowth([size(10, 100), size(100, 100), size(1000, 4000)]);
    expect(ours?.perFileGrowth).toBeCloseTo(4);
  });
});

describe("checkEntries", () => {
  it("names what holds another number of entries than the project", () => {
    const results = [
      { ...measured("a", [1]), entries: 5 },
      { ...measured("b", [1]), entries: 4 },
      measured("c", [1]),
    ];
    expect(checkEntries("app", 5, results)).toEqual(["app: b holds 4 entries, the project 5"]);
  });
});
