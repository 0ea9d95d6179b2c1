import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meaningOf } from "../../test/support/meaning.js";
import { messyDockerfile } from "../../test/support/messy-dockerfile.js";
import { format } from "../index.js";

const fixtures = new URL("../../test/fixtures/parse/", import.meta.url);
const goldens = readdirSync(fixtures).map((name) =>
  readFileSync(new URL(`${name}/Dockerfile`, fixtures), "utf8"),
);

function expectSameMeaning(text: string): void {
  const formatted = format(text);
  expect(meaningOf(formatted)).toEqual(meaningOf(text));
  expect(format(formatted)).toBe(formatted);
}

describe("format", () => {
  it.each([
    ["upper case keywords", "from a as b\nhealthcheck cmd c\n", "FROM a AS b\nHEALTHCHECK CMD c\n"],
    ["one blank between words", "FROM  a\nCOPY\t--link   a  b\n", "FROM a\nCOPY --link a b\n"],
    ["no indentation and no blanks at ends", "  FROM a  \n\tRUN b \n  # c  \n", "FROM a\nRUN b\n# c\n"],
    ["one empty line between stages", "FROM a\n# c\nFROM b\n", "FROM a\n\n# c\nFROM b\n"],
    ["one empty line where there are more", "\n\nFROM a\n\n\n\nRUN b\n\n", "FROM a\n\nRUN b\n"],
    ["an empty line behind directives", "#syntax = a\nFROM a\n", "# syntax=a\n\nFROM a\n"],
    ["a line break at the end", "FROM a", "FROM a\n"],
    ["the line breaks of the file", "FROM  a\r\nRUN b", "FROM a\r\nRUN b\r\n"],
    [
      "continuation lines indented by four",
      "FROM a\nCOPY b\\\n c \\\n\t# x\n  d e\n",
      "FROM a\nCOPY b \\\n    c \\\n    # x\n    d e\n",
    ],
    ["no empty lines in continuations", "FROM a\nRUN b \\\n\n  c\n", "FROM a\nRUN b \\\n  c\n"],
    [
      "one pair a line where pairs stand on several",
      "FROM a\nENV A=1 B=2 \\\n  C=3\n",
      "FROM a\nENV A=1 \\\n    B=2 \\\n    C=3\n",
    ],
    ["pairs on one line where they stand so", "FROM a\nENV A=1  B=2\n", "FROM a\nENV A=1 B=2\n"],
    [
      "pairs of the old form with one word",
      'FROM a\nENV A b\nLABEL c "d e"\nENV f g h\n',
      'FROM a\nENV A=b\nLABEL c="d e"\nENV f g h\n',
    ],
    ["arrays with one blank behind commas", 'FROM a\nCMD [ "b" ,"c"]\n', 'FROM a\nCMD ["b", "c"]\n'],
    [
      "arrays behind the CMD of HEALTHCHECK",
      'FROM a\nHEALTHCHECK cmd  [ "b" ,"c"]\n',
      'FROM a\nHEALTHCHECK CMD ["b", "c"]\n',
    ],
    ["arrays on the lines they stand on", 'FROM a\nCMD ["b",\\\n "c"]\n', 'FROM a\nCMD ["b", \\\n    "c"]\n'],
    ["a command's own blanks", "FROM a\nRUN  b  && \\ \n  'c  d'\n", "FROM a\nRUN b  && \\\n  'c  d'\n"],
    [
      "flags before a command of one line",
      "FROM a\nRUN --network=none \\\n  b  c\n",
      "FROM a\nRUN --network=none \\\n    b  c\n",
    ],
    ["triggers as they are", "FROM a\nonbuild  copy  b c\n", "FROM a\nONBUILD  copy  b c\n"],
    ["here-documents as they are", "FROM a\nrun  <<E  cat\n  b  \nE", "FROM a\nRUN <<E  cat\n  b  \nE\n"],
    [
      "words of here-documents as they are",
      "FROM a\nCOPY  <<'b  c'  /d\nx\nb  c\n",
      "FROM a\nCOPY <<'b  c'  /d\nx\nb  c\n",
    ],
    ["an instruction that is continued at the end", "FROM a\nRUN b \\\n  # c", "FROM a\nRUN b\n# c\n"],
    [
      "a trigger that is continued at the end",
      "FROM a\nONBUILD run b \\\n  # c",
      "FROM a\nONBUILD run b \n# c\n",
    ],
    ["what is no array as it is", 'FROM a\nCMD  ["b",\f"c"]\n', 'FROM a\nCMD  ["b",\f"c"]\n'],
    ["a comment that must not become a directive", "\n# escape=`\nFROM  a\n", "\n# escape=`\nFROM a\n"],
    ["a text with errors", "FROM  a\nRUNN  b\n", "FROM  a\nRUNN  b\n"],
    ["an empty text", "", ""],
  ])("writes %s", (_name, text, expected) => {
    expect(format(text)).toBe(expected);
  });

  it("keeps the meaning of untidy Dockerfiles and changes nothing the second time", () => {
    fc.assert(fc.property(messyDockerfile, expectSameMeaning), { numRuns: 1500 });
  });

  it("keeps the meaning of any text and throws for none", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.string({ unit: "binary" }).map((tail) => `FROM a\nRUN ${tail}`),
        ),
        expectSameMeaning,
      ),
    );
  });

  it.each(goldens)("keeps the meaning of the parser's fixtures: %j", (text) => {
    expectSameMeaning(text);
  });
});
