import { describe, expect, it } from "vitest";
import { joinPieces } from "../tree/mapped-text.js";
import { readCsvFields } from "./csv-fields.js";

const start = { offset: 0, line: 1, column: 1 };

function read(text: string): readonly string[] | string {
  const csv = readCsvFields(joinPieces([{ text, start }], start));
  return csv.ok ? csv.fields.map((field) => field.text) : `${csv.message} @${csv.offset}`;
}

describe("readCsvFields", () => {
  it.each([
    ["a", ["a"]],
    ["a,b", ["a", "b"]],
    ["a,,b,", ["a", "", "b", ""]],
    [",", ["", ""]],
    ['"a,b",c', ["a,b", "c"]],
    ['a,"b,c"', ["a", "b,c"]],
    ['"a""b"', ['a"b']],
    ['"""a"""', ['"a"']],
    ['""', [""]],
    ['"a",', ["a", ""]],
    ["a b, c", ["a b", " c"]],
    ["", "has no options @0"],
    ['a"b', "has a quote inside an unquoted option @1"],
    ['x,a"b', "has a quote inside an unquoted option @3"],
    ['"a', "has an option without closing quote @0"],
    ['"a"b', "has text behind a quoted option @3"],
    ['"a""', "has an option without closing quote @0"],
  ])("reads %j as %j", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});
