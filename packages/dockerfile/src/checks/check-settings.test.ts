import { describe, expect, it } from "vitest";
import { checkDockerfile, parseDockerfile } from "../index.js";
import type { CheckOptions } from "./check-options.js";

/** `as` breaks FromAsCasing, `copy` ConsistentInstructionCasing, the comment InvalidDefinitionDescription. */
const body = "# x\nFROM scratch as base\ncopy a /\n";
const as = "FromAsCasing";
const casing = "ConsistentInstructionCasing";
const description = "InvalidDefinitionDescription";

function run(text: string, options: CheckOptions = {}): readonly [failed: boolean, ...rules: string[]] {
  const { diagnostics, failed } = checkDockerfile(parseDockerfile(text), options);
  return [failed, ...diagnostics.map(({ rule }) => rule)];
}

describe("checkDockerfile and the check directive", () => {
  it.each([
    ["", [false, as, casing]],
    ["# check=skip=all\n", [false]],
    ["#check=skip=all;error=true\n", [false]],
    [`# check=skip=${casing}, ${as} ;error=true\n`, [false]],
    [`# check = skip=${casing};error=1\n`, [true, as]],
    ["# check=error=false\n", [false, as, casing]],
    [`# check=experimental=${description}\n`, [false, description, as, casing]],
    [`# check=skip=all;experimental=${description}\n`, [false, description]],
    ["# check=experimental=all;skip=all\n", [false, description]],
    ["# check=skip=All,fromascasing\n", [false, as, casing]],
    ["# syntax=docker/dockerfile:1\n# check=skip=all\n", [false]],
    ["\n# check=skip=all\n\n", [false, casing]],
  ])("%j gives %j", (head, expected) => {
    expect(run(head + body)).toEqual(expected);
  });

  it.each([
    ["skip", "1:9-1:13"],
    ["error=maybe", "1:9-1:20"],
    ["skip=a;quiet=true", "1:9-1:26"],
  ])("refuses the settings %j at %s", (value, place) => {
    const { diagnostics, failed } = checkDockerfile(parseDockerfile(`# check=${value}\nFROM a\n`));
    expect(failed).toBe(true);
    const { start, end } = diagnostics[0]?.span ?? {
      start: { line: 0, column: 0 },
      end: { line: 0, column: 0 },
    };
    expect([diagnostics[0]?.rule, `${start.line}:${start.column}-${end.line}:${end.column}`]).toEqual([
      "DOCKERFILE_INVALID_CHECK",
      place,
    ]);
  });

  it("lets options.check replace the directive, also with nothing", () => {
    expect(run(`# check=skip=all\n${body}`, { check: `skip=${casing};error=true` })).toEqual([true, as]);
    expect(run(`# check=error=true\n${body}`, { check: "skip=all" })).toEqual([false]);
    expect(run(`# check=skip=all\n${body}`, { check: "" })).toEqual([false, as, casing]);
    expect(run(body, { check: "x" })).toEqual([true, "DOCKERFILE_INVALID_CHECK", as, casing]);
  });

  it("does not fail on warnings of the parser alone under error=true", () => {
    expect(run("# check=error=true\nFROM a\nARG --x b\n")).toEqual([false, "DOCKERFILE_FLAG_IGNORED"]);
  });

  it("fails on an error of the parser", () => {
    expect(run("FROM a\nFOO\n")).toEqual([true, "DOCKERFILE_UNKNOWN_INSTRUCTION"]);
  });
});

describe("checkDockerfile and comments above an instruction", () => {
  it.each([
    [`# x\n# check=skip=${as}\nFROM a as b\nFROM a as c\n`, [false, as]],
    [`# Check = skip=${as},Other because it is so\n\nFROM a as b\n`, [false]],
    ["# check=skip=all\n#\nFROM a AS b\n", [false]],
    ["FROM a\n# check=skip=all\nCMD x\n", [false]],
    ["FROM a\n# check=skip=StageNameCasing\n# check=skip=all\nCMD x\n", [false, "JSONArgsRecommended"]],
    ["FROM a\n# check=nonsense\nCMD x\n", [false, "JSONArgsRecommended"]],
    ["FROM a\n# check=skip=NoEmptyContinuation\nRUN x \\\n\n y\n", [false]],
    ["FROM a\n# check=experimental=UnpinnedBase\nFROM b:1\nFROM c\n", [false, "UnpinnedBase"]],
  ])("%j gives %j", (text, expected) => {
    expect(run(`# syntax=x\n\n${text}`)).toEqual(expected);
  });

  it("Differs: BuildKit cannot skip an experimental rule for one instruction", () => {
    const text = `# check=experimental=${description}\n# x\n# check=skip=${description}\nFROM a AS b\n# x\nARG c\n`;
    expect(run(text)).toEqual([false, description]);
  });
});

describe("checkDockerfile and words that cannot be expanded", () => {
  it.each([
    ['FROM scratch\nENV a="b\n', [true, "DOCKERFILE_UNTERMINATED_QUOTE"]],
    ["FROM scratch\nCOPY ${ /\n", [true, "DOCKERFILE_BAD_SUBSTITUTION"]],
    ["FROM scratch\nCOPY ${a?b} /\n", [false]],
  ])("%j gives %j", (text, expected) => {
    expect(run(text)).toEqual(expected);
  });
});
