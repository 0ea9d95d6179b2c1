import { describe, expect, it } from "vitest";
import type { Judged } from "./judge.mjs";
import type { Report } from "./report.mjs";
import { isGood, verdictLines } from "./summary.mjs";

const summary = (median: number): { median: number; least: number; most: number; count: number } => ({
  ...{ median, least: median, most: median, count: 1 },
});
const met: Judged = {
  ...{ scenario: "app.cold", time: "met", memory: "met", limit: 1.25, maxRssMb: 400 },
  ours: { tool: "oci-build", kind: "ours", ratio: summary(1.2), maxRssMb: 410 },
  baseline: { tool: "pigz", kind: "baseline", ratio: summary(1) },
  others: [],
};
const growth = { name: "cold", kind: "ours" as const, points: [], perFileGrowth: 1.6 };

function report(figure: Judged, more: Partial<Report> = {}): Report {
  const host = { date: "2026-01-02T03:04:05Z", commit: "abc", node: "v1", cpu: "one", cores: 2, memoryGb: 4 };
  const project = { entries: 1, bytes: 1, folder: "/f", name: "app", describe: "an app", about: "an app" };
  return {
    ...{ command: "node bench/build.mjs", rounds: 1, methodLink: "m.md", growth: [], problems: [] },
    host: { ...host, disk: "on a disk", busyBefore: 0, busyAfter: 0, isBusy: false },
    groups: [{ name: "app", project, measured: [], figures: [figure] }],
    ...more,
  };
}

describe("what bench/build.mjs says at its end", () => {
  it("is a line for each verdict, for memory only where it is too much, and for what grows too fast", () => {
    expect(
      verdictLines(report({ ...met, memory: "missed" }, { growth: [growth], problems: ["x"] }), "full"),
    ).toEqual([
      "",
      "met         app.cold: 1.20× pigz, limit 1.25",
      "missed      app.cold: 410 MB, limit 400",
      "missed      growth of cold: a file costs 1.60× in the largest tree",
      "note        x",
    ]);
    expect(verdictLines(report(met, { problems: ["x"] }), "smoke")).toEqual(["", "note        x"]);
  });

  it.each([
    { name: "all is met", report: report(met), isGoodAt: ["standard", "smoke"] },
    { name: "a time is missed", report: report({ ...met, time: "missed" }), isGoodAt: ["smoke"] },
    { name: "memory is missed", report: report({ ...met, memory: "missed" }), isGoodAt: ["smoke"] },
    { name: "a tree grows too fast", report: report(met, { growth: [growth] }), isGoodAt: ["smoke"] },
    {
      name: "something cannot run here",
      report: report(met, { problems: ["app: b: not run: no b"] }),
      isGoodAt: ["standard", "smoke"],
    },
    { name: "something failed", report: report(met, { problems: ["app: b: failed: 1"] }), isGoodAt: [] },
  ])("has the exit status of it when $name", ({ report, isGoodAt }) => {
    expect((["standard", "smoke"] as const).filter((size) => isGood(report, size))).toEqual(isGoodAt);
  });
});
