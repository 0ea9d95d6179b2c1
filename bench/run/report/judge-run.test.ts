import { describe, expect, it } from "vitest";
import type { Measured } from "../../build/measure/run-group.mjs";
import type { RunFigure } from "../groups/run-bench.mjs";
import { judgeRun } from "./judge-run.mjs";
import { runMarkdown } from "./markdown.mjs";
import { isGood, verdictLines } from "./summary.mjs";

const measured = (id: string, walls: readonly number[], more: Partial<Measured> = {}): Measured => ({
  ...{ id, scenario: id, tool: id, kind: "ours" },
  samples: walls.map((wallMs, index) => ({ round: index + 1, wallMs, userMs: wallMs, sysMs: 1 })),
  ...more,
});

const figure = (wall: RunFigure["wall"], more: Partial<RunFigure> = {}): RunFigure => ({
  ...{ name: "one", tool: "oci-build", kind: "ours", wall },
  ...more,
});

describe("judgeRun", () => {
  const many = measured("many", [300, 420, 260]);
  const one = measured("one", [100, 220, 100]);
  const perStep = { id: "many", less: "one", parts: 20 };

  it("takes the median of what each round gives, not of each contender", () => {
    const { unit, wall, cpu } = judgeRun(figure({ of: perStep }), [many, one]);
    expect(unit).toBe("ms");
    expect(wall).toEqual({ median: 10, least: 8, most: 10, count: 3 });
    expect(cpu?.median).toBe(10);
  });

  it("is a ratio where it is by something, which may be a difference, too", () => {
    const other = measured("other", [150, 140, 180]);
    const by = { id: "other", less: "one", parts: 20 };
    const judged = judgeRun(figure({ of: perStep, by }), [many, one, other]);
    expect(judged).toMatchObject({ unit: "ratio", wall: { least: -2.5, most: 4, median: 2 } });
  });

  it.each([
    { limit: 10, verdict: "met" },
    { limit: 9.9, verdict: "missed" },
    { limit: undefined, verdict: "shown" },
  ])("10 ms with the limit $limit is $verdict", ({ limit, verdict }) => {
    const limited = limit === undefined ? {} : { limit };
    expect(judgeRun(figure({ of: perStep }, limited), [many, one]).verdict).toBe(verdict);
  });

  it("takes the part of the wall time that counts, and CPU times by a quotient of their own", () => {
    const layer: Measured = {
      ...measured("layer", [900, 900]),
      samples: [
        { round: 1, wallMs: 900, partMs: 300, userMs: 500, sysMs: 50 },
        { round: 2, wallMs: 900, partMs: 500, userMs: 600, sysMs: 50 },
      ],
    };
    const judged = judgeRun(figure({ of: { id: "layer" } }, { cpu: { of: { id: "layer", less: "none" } } }), [
      layer,
      measured("none", [149, 249]),
    ]);
    expect(judged.wall?.median).toBe(400);
    expect(judged.cpu?.median).toBe(400);
  });

  it("leaves out rounds that not all took part in", () => {
    const slow = measured("one", [100]);
    expect(judgeRun(figure({ of: perStep }), [many, slow]).wall?.count).toBe(1);
  });

  it("says unmeasured and why, never met, when one of them did not run", () => {
    const absent = measured("one", [], { missing: "not run: no such program" });
    const judged = judgeRun(figure({ of: perStep }, { limit: 40 }), [many, absent]);
    expect(judged).toMatchObject({ verdict: "unmeasured", missing: "not run: no such program" });
  });
});

describe("the report", () => {
  const figures = [
    judgeRun(figure({ of: { id: "a" } }, { name: "run-true.a", limit: 40 }), [measured("a", [41.26])]),
    judgeRun(figure({ of: { id: "b" } }, { name: "run-true.b" }), [
      measured("b", [], { missing: "not run: no b here" }),
    ]),
  ];
  const host = { date: "2026-01-02T03:04:05Z", commit: "abc", node: "v1", cpu: "one", cores: 2, memoryGb: 4 };
  const group = { name: "run-true", caller: "user" as const, about: "About it.", measured: [], figures };
  const report = {
    ...{
      command: "node bench/run.mjs",
      rounds: 1,
      methodLink: "m.md",
      problems: ["run-true: b: not run: x"],
    },
    host: { ...host, disk: "on a disk", busyBefore: 0, busyAfter: 0, isBusy: false },
    groups: [group],
  };

  it("has a table for each group, with limits and verdicts", () => {
    const rows = runMarkdown(report)
      .split("\n")
      .filter((row) => row.startsWith("| run-true."))
      .map((row) => row.split(" | ").map((cell) => cell.replace(/^\| |\|$/g, "").trim()));
    expect(rows).toEqual([
      ["run-true.a", "**oci-build**", "41.3 ms", "41.3–41.3 ms", "≤ 40.0 ms", "**missed**", "42.3 ms"],
      ["run-true.b", "**oci-build**", "not run", "", "", "", ""],
    ]);
    expect(runMarkdown(report)).toContain("## One RUN, as a normal user\n\nAbout it.\n");
  });

  it("says a unit once, and both where they differ", () => {
    const wide = judgeRun(figure({ of: { id: "a" } }), [measured("a", [900, 990, 1200])]);
    const narrow = judgeRun(figure({ of: { id: "a" }, by: { id: "b" } }), [
      measured("a", [3, 4]),
      measured("b", [2, 2]),
    ]);
    const page = runMarkdown({ ...report, groups: [{ ...group, figures: [wide, narrow] }] });
    expect(page).toContain(" 900 ms–1.20 s ");
    expect(page).toContain(" 1.50–2.00× ");
  });

  it("fails for a limit that was missed and for what failed, not for what cannot run here", () => {
    expect(isGood(report, "standard")).toBe(false);
    expect(isGood(report, "smoke")).toBe(true);
    expect(isGood({ ...report, groups: [] }, "standard")).toBe(true);
    expect(isGood({ ...report, problems: ["run-true: a: failed: status 1"] }, "smoke")).toBe(false);
    expect(verdictLines(report, "standard")).toContain(
      "missed      run-true.a, as user: 41.3 ms, limit 40.0 ms",
    );
  });
});
