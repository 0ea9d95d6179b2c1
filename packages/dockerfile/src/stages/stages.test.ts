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

  it("has what the ONBUILD triggers of the base need, between FROM and the stage's own instructions", () => {
    const stages = stagesOf(`FROM a AS p
ONBUILD COPY --from=x b c
ONBUILD RUN --mount=from=p,target=/y z
ONBUILD COPY --from=9 b c
FROM d AS x
FROM p AS q
COPY --from=1 b c
FROM q
`);
    const dependencies = stages.stages.map(({ index }) =>
      stageDependencies(stages, index).map((dependency) => `${dependency.origin} ${show(dependency)}`),
    );
    expect(dependencies).toEqual([
      ["own from a -> image"],
      ["own from d -> image"],
      [
        "own from p -> 0",
        "trigger copy x -> 1",
        "trigger mount p -> 0",
        "trigger copy 9 -> missing",
        "own copy 1 -> 1",
      ],
      ["own from q -> 2"],
    ]);
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

  it("follows the ONBUILD triggers of bases, for stages that build on them alone", () => {
    const stages = stagesOf(
      "FROM a AS x\nFROM b AS p\nONBUILD COPY --from=x c d\nFROM p AS q\nFROM q\nFROM b\n",
    );
    expect([1, 2, 3, 4].map((target) => reachableStages(stages, target))).toEqual([
      [1],
      [0, 1, 2],
      [0, 1, 2, 3],
      [4],
    ]);
  });

  it("ends for stages in a circle", () => {
    expect(reachableStages(stagesOf("FROM a AS x\nCOPY --from=y a b\nFROM x AS y\n"), 0)).toEqual([0, 1]);
  });
});

describe("references of ONBUILD triggers", () => {
  const diagnose = (source: string) =>
    parseDockerfile(source).diagnostics.map(
      ({ rule, severity, span, notes }) =>
        `${severity} ${rule} ${String(span.start.line)}${notes.map((note) => ` ${String(note.span?.start.line)}`).join("")}`,
    );

  it.each([
    ["no stage builds on theirs", "FROM a AS p\nONBUILD COPY --from=9 b c\nONBUILD COPY --from=q b c\n", []],
    [
      "an index is that of no stage",
      "FROM a AS p\nONBUILD COPY --from=9 b c\nFROM p\nFROM p\n",
      ["warning DOCKERFILE_UNKNOWN_STAGE 2"],
    ],
    [
      "the stage that runs them is meant",
      "FROM a AS p\nONBUILD COPY --from=q b c\nFROM p AS q\n",
      ["warning DOCKERFILE_STAGE_CYCLE 2 3"],
    ],
    [
      "a circle runs through another stage",
      "FROM a AS x\nCOPY --from=q b c\nFROM a AS p\nONBUILD COPY --from=x b c\nFROM p AS q\n",
      ["warning DOCKERFILE_STAGE_CYCLE 4 1"],
    ],
    [
      "two stages would need each other",
      "FROM a AS p\nONBUILD COPY --from=q b c\nONBUILD COPY --from=r b c\nFROM p AS q\nFROM p AS r\n",
      ["warning DOCKERFILE_STAGE_CYCLE 2 4", "warning DOCKERFILE_STAGE_CYCLE 3 5"],
    ],
  ])("are judged when %s", (_name, source, expected) => {
    expect(diagnose(source)).toEqual(expected);
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
