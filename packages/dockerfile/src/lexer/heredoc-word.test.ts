import { describe, expect, it } from "vitest";
import { parseDockerfile } from "../index.js";
import { findHeredocWords, parseHeredocWord } from "./heredoc-word.js";

describe("parseHeredocWord", () => {
  it.each([
    ["<<EOF", "EOF", true],
    ["<<'EOF'", "EOF", false],
    ['<<"EOF"', "EOF", false],
    ["<<-EOF", "EOF", true],
    ['<<-"EOF"', "EOF", false],
    ['<<EO"F"', "EOF", false],
    ["<< EOF", "EOF", true],
    ["<<- EOF", "EOF", true],
    ["<<\\EOF", "EOF", true],
    ["<<E\\'F", "E'F", true],
    ["<<'E'O\\'F", "EO'F", false],
    ["<<'one two'", "one two", false],
    ["<<$EOF", "$EOF", true],
    ["<<file.txt", "file.txt", true],
    ["<<EOF)", "EOF)", true],
  ])("reads %s as %s", (word, name, expand) => {
    expect(parseHeredocWord(word)).toMatchObject({ name, expand });
  });

  it.each([
    ["3<<A", 3, false],
    ["<<-A", 0, true],
    ["007<<-A", 7, true],
    [`${"9".repeat(400)}<<A`, Number.MAX_SAFE_INTEGER, false],
  ])("reads descriptor and dash of %s", (word, fileDescriptor, stripTabs) => {
    expect(parseHeredocWord(word)).toMatchObject({ fileDescriptor, stripTabs });
  });

  it.each([
    "",
    "EOF",
    "<<",
    "<<-",
    "<EOF",
    "<<<EOF",
    "<<EOF sh",
    "a<<EOF",
    "<<'EOF",
    '<<EOF"',
    "<<''",
    "<<a<b",
  ])("takes %j for no here-document", (word) => {
    expect(parseHeredocWord(word)).toBeUndefined();
  });
});

describe("findHeredocWords", () => {
  it.each([
    ["RUN <<A", ["A@4-7"]],
    ["RUN <<  A  > x", ["A@4-9"]],
    ["RUN << -A", ["-A@4-9"]],
    ["RUN <<A <<'B C'", ["A@4-7", "B C@8-15"]],
    ["RUN 4<<A", ["A@4-8"]],
    ["RUN --mount=x <<A b", ["A@14-17"]],
    ["RUN '<<A'", []],
    ['RUN "<<A"', []],
    ["RUN \\<<A", []],
    ["RUN <<A 'open", []],
    ["RUN <<A ${x", []],
    ["RUN <<A ${x^^}", []],
    ["RUN $((1<<2))", []],
    ["RUN $(cat <<A)", ["A)@10-14"]],
    ["RUN <<${x:-A}", ["${x:-A}@4-13"]],
  ])("finds in %j %j", (line, expected) => {
    expect(findHeredocWords(line).map(({ name, start, end }) => `${name}@${start}-${end}`)).toEqual(expected);
  });
});

describe("here-documents of a Dockerfile", () => {
  it.each([
    ["ONBUILD ONBUILD RUN <<A", "of a doubled ONBUILD"],
    ["CMD <<A", "of CMD"],
    ["ENV x <<A", "of ENV"],
    ['RUN ["<<A"]', "in JSON"],
  ])("do not exist for %j, %s", (line) => {
    const { ast } = parseDockerfile(`FROM a\n${line}\nA\n`);
    expect(ast.children).toHaveLength(3);
  });

  it("escape with a backslash whatever the directive says", () => {
    const { stages } = parseDockerfile("# escape=`\nFROM a\nRUN <<a`b\nx\na`b\nRUN <<a\\'b\nx\na'b\n").stages;
    expect(stages[0]?.instructions).toMatchObject([
      { heredocs: [{ name: "a`b" }] },
      { heredocs: [{ name: "a'b" }] },
    ]);
  });
});
