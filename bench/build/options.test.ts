import { describe, expect, it } from "vitest";
import { UsageError } from "../command/flags.mjs";
import { parseOptions } from "./options.mjs";
import { selectFigures, selectGroups } from "./select-figures.mjs";

const env = { OCI_BUILD_BENCH_DIR: "/somewhere" };

describe("parseOptions", () => {
  it("is five rounds, two for other builders, in the folder of the environment", () => {
    expect(parseOptions([], env)).toMatchObject({
      size: "standard",
      rounds: 5,
      peerRounds: 2,
      folder: "/somewhere",
    });
  });

  it.each([
    { args: ["--smoke"], expected: { size: "smoke", rounds: 0, settleMs: 0 } },
    { args: ["--quick", "--rounds", "7"], expected: { size: "quick", rounds: 7, peerRounds: 0 } },
    { args: ["--full", "--publish"], expected: { size: "full", publish: true } },
    { args: ["--only", "cold", "--no-build"], expected: { only: "cold", ourselves: "as-it-is" } },
  ])("takes $args", ({ args, expected }) => {
    expect(parseOptions(args, env)).toMatchObject(expected);
  });

  it.each([
    { args: ["--fast"] },
    { args: ["--rounds", "many"] },
    { args: ["--rounds", "-1"] },
    { args: ["--quick", "--full"] },
    { args: ["stray"] },
  ])("refuses $args", ({ args }) => {
    expect(() => parseOptions(args, env)).toThrow(UsageError);
  });

  it.each(["--quick", "--smoke", "--only=cold", "--no-build"])(
    "publishes nothing but a whole run: not %s",
    (flag) => {
      expect(() => parseOptions(["--publish", flag], env)).toThrow(UsageError);
    },
  );
});

describe("--only", () => {
  const figure = (
    scenario: string,
    baseline: string,
  ): Parameters<typeof selectFigures>[0]["figures"][number] => ({
    ...{ scenario, ours: scenario, baseline, others: [] },
  });
  const contenders = ["app.cold", "app.no-change", "pigz", "walk"].map((id) => ({
    ...{ id, scenario: id, tool: id, kind: "ours" as const },
    command: () => ({ file: "true", args: [] }),
  }));
  const group = { contenders, figures: [figure("app.cold", "pigz"), figure("app.no-change", "walk")] };

  it("keeps the figures that hold the text and what they are compared with", () => {
    const { figures, contenders: kept } = selectFigures(group, "cold");
    expect(figures.map(({ scenario }) => scenario)).toEqual(["app.cold"]);
    expect(kept.map(({ id }) => id)).toEqual(["app.cold", "pigz"]);
  });

  it("keeps all without it", () => {
    expect(selectFigures(group, undefined).contenders).toHaveLength(4);
  });

  it.each([
    { only: "growth", expected: ["growth-10k", "growth-100k"] },
    { only: "node-app.cold", expected: ["node-app"] },
    { only: "cold", expected: ["node-app", "growth-10k", "growth-100k"] },
    { only: undefined, expected: ["node-app", "growth-10k", "growth-100k"] },
  ])("makes only the projects that $only can mean", ({ only, expected }) => {
    expect(selectGroups(["node-app", "growth-10k", "growth-100k"], only)).toEqual(expected);
  });
});
