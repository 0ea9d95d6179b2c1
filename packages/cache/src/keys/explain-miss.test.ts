import { digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { explainMiss, type KeyDifference } from "./explain-miss.js";
import { type KeyField, keyField } from "./key-field.js";

const list = (...values: readonly string[]): KeyField => keyField("argv", "string-list", values);
const env = (...pairs: readonly (readonly [string, string])[]): KeyField =>
  keyField("env", "pair-list", pairs);
const parents = (...texts: readonly string[]): KeyField =>
  keyField("parents", "digest-list", texts.map(digestOf));

type Case = readonly [string, readonly KeyField[], readonly KeyField[], readonly string[]];

const cases: readonly Case[] = [
  ["nothing for equal fields", [list("a"), env(["A", "1"])], [list("a"), env(["A", "1"])], []],
  ["nothing for another order of fields", [list("a"), env()], [env(), list("a")], []],
  [
    "a changed text",
    [keyField("cwd", "string", "/a")],
    [keyField("cwd", "string", "/b")],
    ["changed cwd /a -> /b"],
  ],
  [
    "a changed kind",
    [keyField("user", "absent", null)],
    [keyField("user", "string", "")],
    ["changed user null -> "],
  ],
  ["an added field", [], [keyField("cwd", "string", "/a")], ["added cwd undefined -> /a"]],
  ["a removed field", [keyField("cwd", "string", "/a")], [], ["removed cwd /a -> undefined"]],
  [
    "the part of a list",
    [list("a", "b")],
    [list("a", "c", "d")],
    ["argv[1] b -> c", "argv[2] undefined -> d"],
  ],
  ["the variable", [env(["V", "1"], ["W", "1"])], [env(["V", "2"], ["W", "1"])], ["env[V] 1 -> 2"]],
  [
    "variables that come and go",
    [env(["OLD", "1"])],
    [env(["NEW", "2"])],
    ["env[NEW] undefined -> 2", "env[OLD] 1 -> undefined"],
  ],
  [
    "the parent",
    [parents("a", "b")],
    [parents("a", "c")],
    [`parents[1] ${digestOf("b")} -> ${digestOf("c")}`],
  ],
];

describe("explainMiss", () => {
  it.each(cases)("names %s", (_, before, after, expected) => {
    expect(explainMiss(before, after).flatMap(lines)).toEqual(expected);
  });

  it("says that pairs changed their order without naming parts", () => {
    const [difference] = explainMiss([env(["A", "1"], ["B", "2"])], [env(["B", "2"], ["A", "1"])]);
    expect(difference).toMatchObject({ name: "env", change: "changed", parts: [] });
  });

  it("tells of a changed secret without its values, also when one side has them hidden", () => {
    const [before, after] = [[env(["API_KEY", "abc"])], [env(["API_KEY", "xyz"])]];
    const differences = explainMiss(before, after);
    expect(differences).toHaveLength(1);
    expect(JSON.stringify(differences)).not.toMatch(/"(abc|xyz)"/);
    const stored = differences[0]?.before;
    expect(explainMiss(stored === undefined ? [] : [stored], before)).toEqual([]);
  });
});

function lines({ name, change, before, after, parts }: KeyDifference): readonly string[] {
  if (parts.length === 0) return [`${change} ${name} ${before?.value} -> ${after?.value}`];
  return parts.map((part) => `${name}[${part.part}] ${part.before} -> ${part.after}`);
}
