import { describe, expect, it } from "vitest";
import { expandMounts, expandWord, parseDockerfile, type RunInstruction, runScript } from "../index.js";

function runOf(line: string): RunInstruction {
  const instruction = parseDockerfile(`FROM a\n${line}`).stages.stages[0]?.instructions[0];
  if (instruction?.kind !== "run") throw new Error(`not a valid RUN: ${line}`);
  return instruction;
}

describe("runScript", () => {
  it.each([
    ["RUN a b", { kind: "shell", text: "a b" }],
    ["RUN", { kind: "shell", text: "" }],
    ['RUN ["a", "b"]', { kind: "exec", args: ["a", "b"] }],
    ["RUN <<E\na\nb\nE\n", { kind: "shell", text: "a\nb\n" }],
    ["RUN <<-E\n\t\ta\n\tE\n", { kind: "shell", text: "a\n" }],
    ["RUN <<E\n#!/x\na\nE\n", { kind: "file", name: "E", content: "#!/x\na\n" }],
    ["RUN <<-E\n\t#!/x\nE\n", { kind: "shell", text: "#!/x\n" }],
    ["RUN <<-E\n#!/x\n\ta\nE\n", { kind: "file", name: "E", content: "#!/x\na\n" }],
    ["RUN <<-E\n\ta\n\t\tb\tc\n\n \td\r\te\nE\n", { kind: "shell", text: "a\nb\tc\n\n \td\r\te\n" }],
    ["RUN << E\na\nE\n", { kind: "shell", text: "a\n" }],
    ["RUN --network=none <<E\na\nE\n", { kind: "shell", text: "a\n" }],
    ["RUN cat <<E\n#!/x\nE\n", { kind: "shell", text: "cat <<E\n#!/x\nE" }],
    ["RUN <<-A cat 3<<B\n\ta\nA\nb\nB\n", { kind: "shell", text: "<<-A cat 3<<B\n\ta\nA\nb\nB" }],
  ])("of %j is %j", (line, expected) => {
    expect(runScript(runOf(line))).toEqual(expected);
  });
});

describe("expandMounts", () => {
  const env = new Map([
    ["U", "12"],
    ["T", "cache"],
    ["BAD", "x"],
  ]);
  const expand = (value: string) => expandWord(value, env);

  it("reads options whose variables are now known", () => {
    const run = runOf('RUN --mount=type=$T,target="$HOME/c",uid=$U,sharing=locked x');
    expect(run.mounts).toMatchObject([{ type: "bind", target: { text: "$HOME/c" } }]);
    const { mounts, diagnostics } = expandMounts(run, expand);
    expect(diagnostics).toEqual([]);
    expect(mounts).toMatchObject([{ type: "cache", target: { text: "/c" }, uid: 12, sharing: "locked" }]);
  });

  it("reports values that variables make wrong, where they stand", () => {
    const { mounts, diagnostics } = expandMounts(
      runOf("RUN --mount=type=cache,uid=$BAD,target=/c x"),
      expand,
    );
    expect(mounts).toEqual([]);
    expect(diagnostics).toMatchObject([
      { rule: "DOCKERFILE_INVALID_MOUNT", span: { start: { line: 2, column: 28 }, end: { column: 32 } } },
    ]);
  });

  it("reports what cannot be expanded", () => {
    const { diagnostics } = expandMounts(runOf("RUN --mount=type=cache,target=${X:?need} x"), expand);
    expect(diagnostics).toMatchObject([{ rule: "DOCKERFILE_VARIABLE_REQUIRED", message: "X: need" }]);
  });

  it("never expands from", () => {
    const { mounts } = expandMounts(runOf("RUN --mount=from='a$',target=/x y"), expand);
    expect(mounts).toMatchObject([{ from: { text: "a$" } }]);
  });
});
