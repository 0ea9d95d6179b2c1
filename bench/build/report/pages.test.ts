import { describe, expect, it } from "vitest";
import { barChart } from "./bar-chart.mjs";
import { growthChart } from "./growth-chart.mjs";
import type { Judged } from "./judge.mjs";
import { markdownTable } from "./markdown-table.mjs";
import { grouped, seconds, times } from "./units.mjs";

describe("markdownTable", () => {
  it("pads cells to their columns, right-aligns numbers and escapes bars", () => {
    const table = markdownTable(
      ["tool", "time"],
      [
        ["tar | pigz", "1.00×"],
        ["a", "12.5×"],
      ],
      ["left", "right"],
    );
    expect(table.split("\n")).toEqual([
      "| tool        |  time |",
      "| ----------- | ----: |",
      "| tar \\| pigz | 1.00× |",
      "| a           | 12.5× |",
    ]);
  });
});

describe("units", () => {
  it.each([
    [55, "0.055 s"],
    [2830, "2.83 s"],
    [66_240, "66.2 s"],
    [123_456, "123 s"],
  ])("%d ms are %s", (ms, text) => {
    expect(seconds(ms)).toBe(text);
  });

  it("shows ratios with three digits and large numbers in groups", () => {
    expect([times(1.254), times(12.34), times(123.4)]).toEqual(["1.25×", "12.3×", "123×"]);
    expect([grouped(999), grouped(68_499), grouped(1_000_000)]).toEqual(["999", "68,499", "1,000,000"]);
  });
});

const summary = (median: number): { median: number; least: number; most: number; count: number } => ({
  ...{ median, least: median, most: median, count: 1 },
});

const judged: Judged = {
  ...{ scenario: "app.cold", time: "missed", memory: "shown", limit: 1.25 },
  ours: { tool: "oci-build", kind: "ours", wallMs: summary(1500), ratio: summary(1.5) },
  baseline: { tool: "tar | pigz <-6>", kind: "baseline", wallMs: summary(1000), ratio: summary(1) },
  others: [
    { tool: "buildah", kind: "peer", wallMs: summary(90_000), ratio: summary(90) },
    { tool: "absent", kind: "peer", missing: "not run: no absent here" },
  ],
};
const head = { title: "Title & more", note: "note" };

describe("barChart", () => {
  const svg = barChart([judged], head);
  const bars = [...svg.matchAll(/<rect class="bar-(\w+)" x="\d+" y="[\d.]+" width="([\d.]+)"/g)].map(
    ([, kind, width]) => ({ kind, width: Number(width) }),
  );

  it("draws lengths in proportion, and cuts a bar that would dwarf the others", () => {
    const [ours, baseline, peer] = bars;
    expect(bars.map(({ kind }) => kind)).toEqual(["ours", "baseline", "peer"]);
    expect((ours?.width ?? 0) / (baseline?.width ?? 1)).toBeCloseTo(1.5, 1);
    expect((peer?.width ?? 0) / (ours?.width ?? 1)).toBeCloseTo(4, 1);
    expect(svg.match(/class="cut"/g)).toHaveLength(2);
    expect(svg).toContain("90.0 s");
  });

  it("marks the limit, says the verdict and leaves out what did not run", () => {
    expect(svg.match(/class="limit"/g)).toHaveLength(1);
    expect(svg).toContain("1.50×, limit 1.25×: missed");
    expect(svg).not.toContain("absent");
  });

  it("escapes text and can be read in the dark", () => {
    expect(svg).toContain("tar | pigz &lt;-6&gt;");
    expect(svg).toContain("<title>Title &amp; more</title>");
    expect(svg).toContain("prefers-color-scheme: dark");
  });

  it("puts variants of a scenario into one panel, by one scale", () => {
    const variant = (name: string, ms: number): Judged => ({
      ...{ scenario: `app.checkout-${name}.warm`, variant: name, time: "shown", memory: "shown", others: [] },
      ours: { tool: "oci-build", kind: "ours", wallMs: summary(ms) },
      baseline: judged.baseline,
    });
    const merged = barChart([variant("kept", 4000), variant("fixed", 2000)], head);
    const widths = [...merged.matchAll(/width="([\d.]+)" height="15"/g)].map(([, width]) => Number(width));
    expect(merged.match(/class="scenario"[^>]*>app\.checkout\.warm</g)).toHaveLength(1);
    expect(widths.map((width) => Math.round((width / (widths[0] ?? 1)) * 100))).toEqual([100, 50, 25]);
  });

  it("draws no panel for a scenario of ours that did not run", () => {
    const unmeasured = { ...judged, ours: { tool: "oci-build", kind: "ours", missing: "failed" } } as const;
    expect(barChart([unmeasured], head)).not.toContain("app.cold");
  });
});

describe("growthChart", () => {
  const line = (name: string, factor: number): Parameters<typeof growthChart>[0][number] => ({
    ...{ name, kind: "ours", perFileGrowth: 1 },
    points: [10_000, 100_000, 1_000_000].map((files) => ({ files, ms: files * factor })),
  });
  const places = (svg: string): number[][] =>
    [...svg.matchAll(/<circle class="dot-ours" cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);

  it("draws what is linear as a straight line", () => {
    const [a, b, c] = places(growthChart([line("cold", 0.1)], head));
    expect((b?.[0] ?? 0) - (a?.[0] ?? 0)).toBeCloseTo((c?.[0] ?? 0) - (b?.[0] ?? 0), 0);
    expect((b?.[1] ?? 0) - (a?.[1] ?? 0)).toBeCloseTo((c?.[1] ?? 0) - (b?.[1] ?? 0), 0);
  });

  it("keeps the names of lines apart that end at the same place", () => {
    const svg = growthChart([line("one", 0.1), line("two", 0.1001)], head);
    const heights = [...svg.matchAll(/y="([\d.]+)" class="strong"/g)].map(([, y]) => Number(y));
    expect(Math.abs((heights[0] ?? 0) - (heights[1] ?? 0))).toBeGreaterThanOrEqual(16);
  });
});
