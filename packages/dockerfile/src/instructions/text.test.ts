import { describe, expect, it } from "vitest";
import { type Instruction, parseDockerfile } from "../index.js";

function read(line: string, directives = ""): Instruction | undefined {
  return parseDockerfile(`${directives}FROM a\n${line}`).stages.stages[0]?.instructions[0];
}

describe("the one-line text of an instruction", () => {
  it.each([
    ["RUN a", "RUN a"],
    ["  run   a  ", "RUN   a"],
    ["RUN a \\\n  b \\  \n\n# c\n  c", "RUN a   b   c"],
    ["R\\\nun a", "RUN a"],
    ["\tEnv\ta=b\\\n\tc=d\n", "ENV\ta=b\tc=d"],
    ["COPY <<E /x\nbody\nE\n", "COPY <<E /x"],
    ["copy --from=x [\\\n'a'\\\n] b", "COPY --from=x ['a'] b"],
    ['CMD [ "a" ,\\\n "b" ]\r\n', 'CMD [ "a" , "b" ]'],
    ["ONBUILD run a \\\n b", "ONBUILD run a  b"],
    ["RUN a\u00a0", "RUN a"],
  ])("of %j is %j", (line, text) => {
    expect(read(line)?.text).toBe(text);
  });
});

describe("the command of RUN", () => {
  it.each([
    ["RUN a b", "a b"],
    ["RUN    a  b   ", "a  b"],
    ["RUN a && \\\n    b", "a &&     b"],
    ["RUN a\\\nb", "ab"],
    ["RUN a \\\n# gone\n  # gone, too\n b", "a  b"],
    ["RUN a \\\n\n\n b", "a  b"],
    ["RUN a \\\n b # kept", "a  b # kept"],
    ["RUN a # kept \\\n b", "a # kept  b"],
    ["RUN a \\\\\nRUN b", "a \\\\"],
    ["RUN a \\\t \n b", "a  b"],
    ["RUN \\\n a", "a"],
    ["RUN a \\\r\n b\r\n", "a  b"],
    ["RUN --network=none \\\n  a \\\n  b", "a   b"],
    ["RUN -- --a", "--a"],
    ["RUN 'a\\\n b'", "'a b'"],
    ["RUN a \\", "a"],
    ["RUN [a]", "[a]"],
    ['RUN [ "a" ] b', '[ "a" ] b'],
    ["RUN ['a']", "['a']"],
  ])("%j is %j", (line, text) => {
    expect(read(line)).toMatchObject({ kind: "run", command: { form: "shell", text } });
  });

  it.each([
    ["RUN a `\n b", "a  b"],
    ["RUN a \\", "a \\"],
    ["RUN a ``\nRUN b", "a ``"],
  ])("with a backtick for escape, %j is %j", (line, text) => {
    expect(read(line, "# escape=`\n")).toMatchObject({ command: { form: "shell", text } });
  });

  it.each([
    ["RUN []", []],
    ['RUN ["a", "b c"]', ["a", "b c"]],
    ['RUN   [ "a"\\\n,"b" ]  ', ["a", "b"]],
    ['RUN ["\\u0061\\n\\ud800"]', ["a\n\uFFFD"]],
    ['RUN --network=none ["a"]', ["a"]],
  ])("%j is the list %j", (line, args) => {
    expect(read(line)).toMatchObject({ command: { form: "exec", args } });
  });

  it("has a place that includes JSON brackets and leaves flags out", () => {
    expect(read('RUN --network=none  [ "a" ]')).toMatchObject({
      command: { span: { start: { line: 2, column: 21 }, end: { line: 2, column: 28 } } },
    });
    expect(read('HEALTHCHECK --retries=1 CMD  ["a"]')).toMatchObject({
      command: { span: { start: { line: 2, column: 30 }, end: { line: 2, column: 35 } } },
    });
  });
});

describe("the trigger of ONBUILD", () => {
  it.each([
    ["ONBUILD RUN a", "RUN a"],
    ["onbuild\tcopy a b", "copy a b"],
    ["ONBUILD RUN a \\\n  b", "RUN a   b"],
    ["ONBUILD RUN <<A cat <<-B\na\nA\n\tb\nB\n", "RUN <<A cat <<-B\na\nA\n\tb\nB"],
    ['ONBUILD CMD ["a"]', 'CMD ["a"]'],
  ])("%j is %j", (line, trigger) => {
    expect(read(line)).toMatchObject({ kind: "onbuild", trigger });
  });
});

describe("the place of a word", () => {
  it("ends where its last character is, also before a continuation", () => {
    expect(read("ENV ab\\\n=c\\\nd")).toMatchObject({
      pairs: [
        {
          key: { text: "ab", span: { start: { line: 2, column: 5 }, end: { line: 2, column: 7 } } },
          value: { text: "cd", span: { start: { line: 3, column: 2 }, end: { line: 4, column: 2 } } },
        },
      ],
    });
  });
});

describe("the comments of an instruction", () => {
  it.each([
    ["# a\n#b\nRUN x", ["a", "b"]],
    ["# a\n\nRUN x", ["a"]],
    ["# a\n#\n# b\nRUN x", ["b"]],
    ["  # a\nRUN x", ["a"]],
    ["RUN x", []],
  ])("of %j are %j", (line, comments) => {
    expect(read(line)?.comments).toEqual(comments);
  });

  it("are not parser directives", () => {
    const { stages } = parseDockerfile("# syntax=x\n# a\nFROM a").stages;
    expect(stages[0]?.from.comments).toEqual(["a"]);
  });
});
