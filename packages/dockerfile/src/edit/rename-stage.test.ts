import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyEdits,
  expandWord,
  type ParsedDockerfile,
  parseDockerfile,
  renameStage,
  stageDependencies,
} from "../index.js";

function renamed(text: string, stage: string | number, name: string): string {
  return applyEdits(text, renameStage(parseDockerfile(text), stage, name).edits);
}

describe("renameStage", () => {
  it("renames the stage and what refers to it by name, and nothing else", () => {
    const text = `FROM build AS Build # build
FROM build AS next
FROM next
COPY --from=BUILD build /build
COPY --from=b"uil"d build /build
COPY --from=0 build /build
RUN --mount=from=build,target=/x --mount=type=cache,"from=build",target=/build build
`;
    expect(renamed(text.replace(" # build", ""), "build", "Compile")).toBe(`FROM build AS Compile
FROM compile AS next
FROM next
COPY --from=Compile build /build
COPY --from=Compile"" build /build
COPY --from=0 build /build
RUN --mount=from=Compile,target=/x --mount=type=cache,"from=Compile",target=/build build
`);
  });

  it("names a stage that has no name", () => {
    expect(renamed("FROM a\nFROM b\n", 0, "x")).toBe("FROM a AS x\nFROM b\n");
  });

  it.each([
    ["no such stage", "none", "x"],
    ["a bad name", "a", "1x"],
    ["the name of another stage", "a", "B"],
    ["the name of an image in use", "a", "nginx"],
  ])("refuses %s", (_name, from, to) => {
    const parsed = parseDockerfile("FROM x AS a\nFROM nginx AS b\n");
    expect(() => renameStage(parsed, from, to)).toThrow(RangeError);
  });

  it("renames what ONBUILD triggers refer to in the stages that run them", () => {
    const text = "FROM a AS b\nFROM c AS p\nONBUILD COPY --from=b d e\nFROM p\n";
    expect(renamed(text, "b", "x")).toBe("FROM a AS x\nFROM c AS p\nONBUILD COPY --from=x d e\nFROM p\n");
  });

  it("leaves alone what ONBUILD triggers refer to in other files", () => {
    const text = "FROM a AS b\nFROM c\nONBUILD COPY --from=b d e\n";
    expect(renamed(text, "b", "x")).toBe("FROM a AS x\nFROM c\nONBUILD COPY --from=b d e\n");
  });

  it.each([
    ["ARG B=b\nFROM a AS b\nFROM $B\n", "ARG B=x\nFROM a AS x\nFROM $B\n"],
    ["ARG B=b C\nFROM a AS b\nFROM ${B}\nFROM $B\n", "ARG B=x C\nFROM a AS x\nFROM ${B}\nFROM $B\n"],
    ['ARG B="b"\nFROM a AS b\nFROM $B\n', 'ARG B="x"\nFROM a AS x\nFROM $B\n'],
    ["ARG B=b\nARG C=b\nFROM a AS b\nFROM $B\nFROM $C", "ARG B=x\nARG C=x\nFROM a AS x\nFROM $B\nFROM $C"],
  ])("renames the default of an argument that only names the stage: %j", (text, expected) => {
    expect(renamed(text, "b", "X")).toBe(expected.replace("AS x", "AS X"));
    expect(renameStage(parseDockerfile(text), "b", "X").unrenamed).toEqual([]);
  });

  it.each([
    ["is repeated in a stage", "ARG B=b\nFROM a AS b\nFROM $B\nARG B\n", ["default 3"]],
    ["is repeated by a trigger", "ARG B=b\nFROM a AS b\nONBUILD ARG B\nFROM $B\n", ["default 4"]],
    ["also names an image above", "ARG B=b\nFROM $B AS a\nFROM a AS b\nFROM $B\n", ["default 4"]],
    ["is part of another word", "ARG B=b\nFROM a AS b\nFROM $B\nFROM c:$B\n", ["default 3"]],
    ["is read by another argument", "ARG B=b\nARG C=$B\nFROM a AS b\nFROM $B\n", ["default 4"]],
    ["reads another argument", "ARG B=b\nARG C=$B\nFROM a AS b\nFROM $C\n", ["default 4"]],
    ["is given twice", "ARG B=c\nARG B=b\nFROM a AS b\nFROM $B\n", ["default 4"]],
    ["gives the platform", "ARG B=b\nFROM a AS b\nFROM --platform=$B $B\n", ["default 3"]],
    ["has its default in the FROM", "ARG B\nFROM a AS b\nFROM ${B:-b}\n", ["default 3"]],
    ["means the stage when it is given", "ARG B=c\nFROM a AS b\nFROM d AS c\nFROM $B\n", ["argument 4"]],
    ["has no default", "ARG B\nFROM a AS b\nFROM $B\n", ["argument 3"]],
  ])("changes no argument that %s, and tells which FROM is left", (_name, text, expected) => {
    const { edits, unrenamed } = renameStage(parseDockerfile(text), "b", "x");
    const args = /^(?:ARG.*\n)*/.exec(text)?.[0] ?? "";
    expect(applyEdits(text, edits).startsWith(args)).toBe(true);
    expect(unrenamed.map(({ means, reference }) => `${means} ${reference.span.start.line}`)).toEqual(
      expected,
    );
  });

  it.each([
    ["$TARGETARCH", "b-arm64", true],
    ["b-$TARGETARCH", "b-arm64", true],
    ["b-$TARGETARCH$TARGETVARIANT", "b-arm64", true],
    ["b${B:+-arm64}", "b-arm64", true],
    ["c-$TARGETARCH", "b-arm64", false],
    ["b-$TARGETARCH-c", "b-arm64", false],
    ["node:$VERSION", "node", false],
    ["b-a${B}a", "b-a", false],
  ])("tells of %s that it may mean %s: %s", (image, name, expected) => {
    const { unrenamed } = renameStage(parseDockerfile(`FROM a AS ${name}\nFROM ${image}\n`), name, "x");
    expect(unrenamed.map(({ means }) => means)).toEqual(expected ? ["argument"] : []);
  });

  it("tells nothing of FROMs above the stage, nor when only the letter case changes", () => {
    const text = "ARG B=b\nFROM $B\nFROM a AS b\nFROM ${B}\nARG B\n";
    expect(renameStage(parseDockerfile(text), "b", "B").unrenamed).toEqual([]);
    const above = renameStage(parseDockerfile(text), "b", "x").unrenamed;
    expect(above.map(({ reference }) => reference.span.start.line)).toEqual([4]);
  });

  it("refuses a name that an argument gives to an image", () => {
    const parsed = parseDockerfile("ARG B=nginx\nFROM x AS a\nFROM $B\n");
    expect(() => renameStage(parsed, "a", "nginx")).toThrow(RangeError);
  });

  it("breaks no build without telling", () => {
    const image = fc.constantFrom("i", "a", "b", "$A", "${A}", "$B", "${B:-a}", "a$B", "$A$B", "${A#x}");
    const value = fc.constantFrom("a", "b", "c", "$A", "''", '"a"');
    const stage = fc.record({
      image,
      name: fc.constantFrom("a", "b", undefined),
      body: fc.constantFrom("", "ARG A\n", "ARG B=a\n", "COPY --from=a x y\n"),
    });
    const dockerfile = fc.record({
      a: value,
      b: value,
      stages: fc.array(stage, { minLength: 1, maxLength: 5 }),
    });
    fc.assert(
      fc.property(dockerfile, fc.nat(), ({ a, b, stages }, choice) => {
        const lines = stages.map(
          ({ image: base, name, body }) => `FROM ${base}${name === undefined ? "" : ` AS ${name}`}\n${body}`,
        );
        const text = `ARG A=${a}\nARG B=${b}\n${lines.join("")}`;
        const parsed = parseDockerfile(text);
        const { edits, unrenamed } = renameStage(parsed, choice % stages.length, "new");
        const after = parseDockerfile(applyEdits(text, edits));
        const left = new Set(unrenamed.map(({ reference }) => reference.span.start.line));
        const isKept = parsed.stages.stages.map(({ from }) => !left.has(from.image.span.start.line));
        const wanted = basesOf(parsed).filter((_, index) => isKept[index]);
        expect(basesOf(after).filter((_, index) => isKept[index])).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });
});

/** What each stage needs when no build arguments are given: indexes of stages, or names of images. */
function basesOf({ stages, ast }: ParsedDockerfile): readonly string[] {
  const values = new Map<string, string>();
  const expanded = (text: string): string => {
    const result = expandWord(text, values, { escape: ast.escape });
    return result.ok ? result.value : text;
  };
  for (const { name, default: word } of stages.globalArgs.flatMap(({ args }) => args))
    if (word !== undefined) values.set(name.text, expanded(word.text));
  const baseName = ({ from }: { readonly from: { readonly image: { readonly text: string } } }) =>
    expanded(from.image.text);
  return stages.stages.map((stage) =>
    stageDependencies(stages, stage.index, { baseName })
      .map((need) =>
        need.kind === "stage"
          ? String(need.index)
          : need.via === "from"
            ? baseName(stage)
            : need.reference.text,
      )
      .join(" "),
  );
}
