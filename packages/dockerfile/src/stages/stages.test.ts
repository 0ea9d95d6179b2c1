import { describe, expect, it } from "vitest";
import {
  type DockerfileStages,
  findStage,
  parseDockerfile,
  reachableStages,
  type StageDependency,
  stageDependencies,
} from "../index.js";

const text = `ARG BASE=deps
FROM alpine AS deps
FROM deps AS Build
COPY --from=deps /a /a
COPY --from=nginx:1 /b /b
FROM scratch AS unused
FROM $BASE
COPY --from=BUILD /a /a
COPY --from=0 /a /a
RUN --mount=from=later,target=/x --mount=target=/y x
FROM alpine AS later
`;

function stagesOf(source: string): DockerfileStages {
  return parseDockerfile(source).stages;
}

function show(dependency: StageDependency): string {
  const target = dependency.kind === "stage" ? String(dependency.index) : dependency.kind;
  return `${dependency.via} ${dependency.reference.text} -> ${target}`;
}

describe("stageDependencies", () => {
  it.each([
    [0, ["from alpine -> image"]],
    [1, ["from deps -> 0", "copy deps -> 0", "copy nginx:1 -> image"]],
    [2, ["from scratch -> image"]],
    [3, ["from $BASE -> image", "copy BUILD -> 1", "copy 0 -> 0", "mount later -> 4"]],
    [9, []],
  ])("of stage %d are %j", (index, expected) => {
    expect(stageDependencies(stagesOf(text), index).map(show)).toEqual(expected);
  });

  it("takes the expanded base from the caller", () => {
    const [base] = stageDependencies(stagesOf(text), 3, { baseName: () => "deps" });
    expect(base).toMatchObject({ kind: "stage", index: 0 });
  });

  it("lets FROM name only stages above, in lower case, and the last of one name", () => {
    const stages = stagesOf("FROM x AS A\nFROM A\nFROM a\nFROM b\nFROM y AS b\nFROM z AS a\nFROM a\n");
    const bases = stages.stages.map(({ index }) => stageDependencies(stages, index).map(show).join());
    expect(bases.slice(1)).toEqual([
      "from A -> image",
      "from a -> 0",
      "from b -> image",
      "from y -> image",
      "from z -> image",
      "from a -> 5",
    ]);
  });

  it("takes a base of the stage's own name for an image", () => {
    expect(stageDependencies(stagesOf("FROM a AS a\n"), 0).map(show)).toEqual(["from a -> image"]);
  });

  it("knows no indexes in RUN --mount", () => {
    const stages = stagesOf("FROM a\nFROM b\nRUN --mount=from=0,target=/x y\n");
    expect(stageDependencies(stages, 1).map(show)).toEqual(["from b -> image", "mount 0 -> image"]);
  });
});

describe("reachableStages", () => {
  it.each([
    [0, [0]],
    [1, [0, 1]],
    [2, [2]],
    [3, [0, 1, 3, 4]],
    [7, []],
  ])("of target %d are %j", (target, expected) => {
    expect(reachableStages(stagesOf(text), target)).toEqual(expected);
  });

  it("ends for stages in a circle", () => {
    expect(reachableStages(stagesOf("FROM a AS x\nCOPY --from=y a b\nFROM x AS y\n"), 0)).toEqual([0, 1]);
  });
});

describe("findStage", () => {
  it.each([
    ["build", 1],
    ["BUILD", 1],
    [0, 0],
    [4, 4],
    ["0", undefined],
    ["none", undefined],
    [5, undefined],
    [-1, undefined],
  ])("finds %j as %j", (name, index) => {
    expect(findStage(stagesOf(text), name)?.index).toBe(index);
  });

  it("takes the last of stages with one name", () => {
    expect(findStage(stagesOf("FROM a AS x\nFROM b AS X\n"), "x")?.index).toBe(1);
  });
});

describe("readStages", () => {
  it("keeps ARG before the first FROM apart", () => {
    const { globalArgs, stages } = stagesOf("ARG A=1\nARG B\nFROM x\nARG C\n");
    expect(globalArgs.flatMap(({ args }) => args.map(({ name }) => name.text))).toEqual(["A", "B"]);
    expect(stages[0]?.instructions).toHaveLength(1);
  });

  it("gives what is valid when something else is not", () => {
    const { stages } = stagesOf("FROM a\nWORKDIR\nUSER x\nFROM\nRUN y\n");
    expect(stages.map(({ instructions }) => instructions.map(({ kind }) => kind))).toEqual([["user", "run"]]);
  });
});
