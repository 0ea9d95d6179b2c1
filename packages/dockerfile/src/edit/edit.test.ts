import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyEdits,
  createInstruction,
  type FlagValue,
  type Instruction,
  insertInstruction,
  type ParsedDockerfile,
  parseDockerfile,
  removeInstruction,
  replaceInstruction,
  setArguments,
  setFlags,
  type TextEdit,
} from "../index.js";

type Edit = (parsed: ParsedDockerfile) => readonly TextEdit[];

function edited(text: string, edit: Edit): string {
  return applyEdits(text, edit(parseDockerfile(text)));
}

/** The instruction of the first stage at an index; the FROM at -1. */
function at(parsed: ParsedDockerfile, index: number): Instruction {
  const stage = parsed.stages.stages[0];
  const instruction = index < 0 ? stage?.from : stage?.instructions[index];
  if (instruction === undefined) throw new RangeError("the test has no such instruction");
  return instruction;
}

describe("insertInstruction", () => {
  it.each<[string, string, Edit, string]>([
    [
      "before",
      "FROM a\nRUN b\n",
      (p) => insertInstruction(p, { before: at(p, 0) }, "USER c"),
      "FROM a\nUSER c\nRUN b\n",
    ],
    [
      "after",
      "FROM a\nRUN b\n",
      (p) => insertInstruction(p, { after: at(p, -1) }, "USER c"),
      "FROM a\nUSER c\nRUN b\n",
    ],
    [
      "above the comments of an instruction",
      "FROM a\n\n# x\n# y\nRUN b\n",
      (p) => insertInstruction(p, { before: at(p, 0) }, "USER c"),
      "FROM a\n\nUSER c\n# x\n# y\nRUN b\n",
    ],
    [
      "behind a stage and its here-documents",
      "FROM a\nRUN <<E\nx\nE\n\nFROM b\n",
      (p) => insertInstruction(p, { after: p.stages.stages[0] ?? at(p, 0) }, "USER c"),
      "FROM a\nRUN <<E\nx\nE\nUSER c\n\nFROM b\n",
    ],
    [
      "at the end of a file without last line break",
      "FROM a",
      (p) => insertInstruction(p, "end", "USER c"),
      "FROM a\nUSER c",
    ],
    [
      "with the line breaks of the file",
      "FROM a\r\nRUN b\r\n",
      (p) => insertInstruction(p, "end", "USER c"),
      "FROM a\r\nRUN b\r\nUSER c\r\n",
    ],
    [
      "behind the directives",
      "\uFEFF# escape=`\n# x\nFROM a\n",
      (p) => insertInstruction(p, "start", "ARG A"),
      "\uFEFF# escape=`\nARG A\n# x\nFROM a\n",
    ],
    ["into an empty text", "", (p) => insertInstruction(p, "start", "FROM a"), "FROM a\n"],
    [
      "behind a line that is continued at the end",
      "FROM a\nRUN b \\\n",
      (p) => insertInstruction(p, "end", "USER c"),
      "FROM a\nRUN b \nUSER c\n",
    ],
    [
      "behind a continued line without line break",
      "FROM a\nRUN b \\",
      (p) => insertInstruction(p, "end", "USER c"),
      "FROM a\nRUN b \nUSER c",
    ],
  ])("inserts %s", (_name, text, edit, expected) => {
    expect(edited(text, edit)).toBe(expected);
  });

  it("keeps the order of insertions at one place", () => {
    const parsed = parseDockerfile("FROM a\n");
    const edits = ["USER b", "USER c"].flatMap((text) => insertInstruction(parsed, "end", text));
    expect(applyEdits("FROM a\n", edits)).toBe("FROM a\nUSER b\nUSER c\n");
  });

  it("refuses a target of another file", () => {
    const other = parseDockerfile("FROM a\nRUN b\nRUN c\n");
    expect(() => insertInstruction(parseDockerfile("FROM a\n"), { after: at(other, 1) }, "x")).toThrow(
      RangeError,
    );
  });
});

describe("removeInstruction and replaceInstruction", () => {
  it.each<[string, string, Edit, string]>([
    [
      "all lines of an instruction",
      "FROM a\nRUN b \\\n # x\n c\nUSER d\n",
      (p) => removeInstruction(p, at(p, 0)),
      "FROM a\nUSER d\n",
    ],
    [
      "here-documents",
      "FROM a\nRUN <<E\nx\nE\nUSER d\n",
      (p) => removeInstruction(p, at(p, 0)),
      "FROM a\nUSER d\n",
    ],
    [
      "nothing of the comments above",
      "FROM a\n# x\nUSER d",
      (p) => removeInstruction(p, at(p, 0)),
      "FROM a\n# x\n",
    ],
  ])("removes %s", (_name, text, edit, expected) => {
    expect(edited(text, edit)).toBe(expected);
  });

  it("leaves an empty line where a comment would become a parser directive", () => {
    const parsed = parseDockerfile("ARG A\n# escape=`\nFROM a\n");
    const [arg] = parsed.stages.globalArgs;
    if (arg === undefined) throw new RangeError("no ARG");
    const text = applyEdits("ARG A\n# escape=`\nFROM a\n", removeInstruction(parsed, arg));
    expect(text).toBe("\n# escape=`\nFROM a\n");
    expect(parseDockerfile(text).ast.escape).toBe("\\");
  });

  it.each([
    ["FROM a\n  RUN b \\\n  c\r\nUSER d\n", "FROM a\n  CMD x\r\nUSER d\n"],
    ["FROM a\nRUN <<E\nb\nE", "FROM a\nCMD x"],
    ["FROM a\nRUN b \\", "FROM a\nCMD x"],
    ["FROM a\nRUN <<E\nb\nE\nUSER d\n", "FROM a\nCMD x\nUSER d\n"],
  ])("replaces in %j", (text, expected) => {
    expect(edited(text, (p) => replaceInstruction(p, at(p, 0), "CMD x\n"))).toBe(expected);
  });
});

describe("setFlags", () => {
  it.each<[string, Readonly<Record<string, FlagValue>>, string]>([
    ["COPY a b", { chown: "app" }, "COPY --chown=app a b"],
    ["COPY --link a b", { chown: "app" }, "COPY --link --chown=app a b"],
    ["COPY --chown=x --link a b", { chown: "app" }, "COPY --chown=app --link a b"],
    ["COPY --chown=x --link a b", { chown: undefined }, "COPY --link a b"],
    ["COPY --chown=x --link a b", { link: false, chown: undefined, chmod: "7" }, "COPY --chmod=7 a b"],
    ["COPY --ch\\\nown=x a b", { chown: "app" }, "COPY --chown=app a b"],
    ['COPY "--chown=x" a b', { link: true }, 'COPY --link "--chown=x" a b'],
    ["RUN --mount=a=b --network=none --mount=c x", { mount: ["d"] }, "RUN --mount=d --network=none x"],
    ["RUN --mount=a=b x", { mount: ["d", "e f"] }, 'RUN --mount=d --mount="e f" x'],
    ["RUN --mount=a \\\n  --network=none \\\n  x", { network: undefined }, "RUN --mount=a \\\n  x"],
    ["RUN --mount=a \\\n  --network=none x", { network: undefined }, "RUN --mount=a \\\n  x"],
    ["RUN --network=none \\\n  x", { network: undefined }, "RUN \\\n  x"],
    ["ONBUILD COPY --link a b", { chown: "x" }, "ONBUILD COPY --link --chown=x a b"],
    ["COPY --chown=x a b", { chown: "x" }, "COPY --chown=x a b"],
    ["COPY -- a b", { chown: "x" }, "COPY --chown=x -- a b"],
  ])("of %j to %j gives %j", (line, flags, expected) => {
    const edit: Edit = (p) => {
      const instruction = at(p, 0);
      const target = instruction.kind === "onbuild" ? instruction.instruction : instruction;
      return setFlags(p, target ?? instruction, flags);
    };
    expect(edited(`FROM a\n${line}\n`, edit)).toBe(`FROM a\n${expected}\n`);
  });

  it("writes values that are read back as they were given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom("\\", "`"), (value, mark) => {
        fc.pre(value !== "" && !/[\n\r]/.test(value));
        const text = `# escape=${mark}\nFROM a\nCOPY b c\n`;
        const result = edited(text, (p) => setFlags(p, at(p, 0), { chown: value }));
        const parsed = parseDockerfile(result);
        expect(at(parsed, 0)).toMatchObject({ kind: "copy", chown: { text: value } });
      }),
    );
  });
});

describe("setArguments", () => {
  it.each([
    ["RUN --network=none a \\\n # x\n b", "c d", "RUN --network=none c d"],
    ["RUN a", "<<E\nx\nE", "RUN <<E\nx\nE"],
    ["RUN <<E\nx\nE", "a", "RUN a"],
    ['CMD [ "a" ] ', '["b"]', 'CMD ["b"]'],
    ["CMD", "b", "CMD b"],
    ["COPY --link -- a b", "c d", "COPY --link -- c d"],
    ["ONBUILD RUN a", "USER b", "ONBUILD USER b"],
  ])("of %j to %j gives %j", (line, text, expected) => {
    expect(edited(`FROM a\n${line}\nUSER z\n`, (p) => setArguments(p, at(p, 0), text))).toBe(
      `FROM a\n${expected}\nUSER z\n`,
    );
  });
});

describe("createInstruction", () => {
  it.each<[Parameters<typeof createInstruction>[0], string]>([
    [
      { kind: "from", image: "alpine:3", as: "base", flags: { platform: "$BUILDPLATFORM" } },
      "FROM --platform=$BUILDPLATFORM alpine:3 AS base",
    ],
    [
      {
        kind: "run",
        command: "make all",
        flags: { mount: ["type=cache,target=/c", "type=tmpfs,target=/t"] },
      },
      "RUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/t make all",
    ],
    [{ kind: "run", command: ["make", 'a "b"'] }, 'RUN ["make", "a \\"b\\""]'],
    [{ kind: "run", command: "set -e\nmake" }, "RUN <<EOF\nset -e\nmake\nEOF"],
    [{ kind: "run", command: "cat <<EOF\nx\nEOF" }, "RUN <<EOF1\ncat <<EOF\nx\nEOF\nEOF1"],
    [{ kind: "run", command: "echo \\" }, "RUN <<EOF\necho \\\nEOF"],
    [
      {
        kind: "copy",
        sources: ["a b", "c"],
        destination: "/d/",
        flags: { link: true, from: "base", parents: false },
      },
      'COPY --link --from=base ["a b", "c", "/d/"]',
    ],
    [{ kind: "copy", sources: ["$x"], destination: "it's" }, "COPY \\$x it\\'s"],
    [{ kind: "env", pairs: { A: "1", B: "x y", C: "", D: "$A" } }, 'ENV A=1 B="x y" C="" D="\\$A"'],
    [{ kind: "arg", args: { A: undefined, B: "c d" } }, 'ARG A B="c d"'],
    [{ kind: "expose", ports: [80, "53/udp"] }, "EXPOSE 80 53/udp"],
    [{ kind: "volume", paths: ["/a b"] }, 'VOLUME ["/a b"]'],
    [{ kind: "healthcheck" }, "HEALTHCHECK NONE"],
    [
      { kind: "healthcheck", command: ["a"], flags: { interval: "5s" } },
      'HEALTHCHECK --interval=5s CMD ["a"]',
    ],
    [{ kind: "onbuild", instruction: { kind: "user", user: "a" } }, "ONBUILD USER a"],
    [{ kind: "shell", args: ["sh", "-c"] }, 'SHELL ["sh", "-c"]'],
    [{ kind: "stopsignal", signal: "SIGINT" }, "STOPSIGNAL SIGINT"],
  ])("writes %j", (spec, expected) => {
    expect(createInstruction(spec)).toBe(expected);
  });

  it.each<Parameters<typeof createInstruction>[0]>([
    { kind: "cmd", command: "a\nb" },
    { kind: "cmd", command: "a \\" },
    { kind: "cmd", command: '["a"]' },
    { kind: "env", pairs: { A: "a\nb" } },
    { kind: "env", pairs: { "": "b" } },
    { kind: "env", pairs: {} },
    { kind: "from", image: "a b" },
    { kind: "from", image: "a", as: "1" },
    { kind: "copy", sources: [], destination: "a" },
    { kind: "stopsignal", signal: "SIGNONE" },
    { kind: "expose", ports: ["99999"] },
    { kind: "healthcheck", command: "a", flags: { interval: "1" } },
    { kind: "onbuild", instruction: { kind: "from", image: "a" } },
  ])("refuses %j, which no instruction can say", (spec) => {
    expect(() => createInstruction(spec)).toThrow(RangeError);
  });

  it("keeps variables when asked", () => {
    const spec = { kind: "env", pairs: { PATH: "/opt/my app:$PATH", B: "\\$x\\" } } as const;
    expect(createInstruction(spec, { variables: "expand" })).toBe(
      'ENV PATH="/opt/my app:$PATH" B="\\$x\\\\"',
    );
  });
});
