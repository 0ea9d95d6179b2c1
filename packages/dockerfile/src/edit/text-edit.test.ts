import { describe, expect, it } from "vitest";
import { applyEdits, type TextEdit } from "./text-edit.js";

function edit(start: number, end: number, text: string): TextEdit {
  const at = (offset: number) => ({ offset, line: 1, column: offset + 1 });
  return { span: { start: at(start), end: at(end) }, text };
}

describe("applyEdits", () => {
  it.each<readonly [name: string, edits: readonly TextEdit[], expected: string]>([
    ["nothing", [], "abcdef"],
    ["edits in any order", [edit(4, 5, "E"), edit(0, 1, "A")], "AbcdEf"],
    ["insertions at one place in their order", [edit(3, 3, "1"), edit(3, 3, "2")], "abc12def"],
    ["deletions that touch", [edit(0, 2, ""), edit(2, 4, "")], "ef"],
    ["of two that overlap the one that starts first", [edit(1, 4, "X"), edit(3, 5, "Y")], "aXef"],
    ["none outside the text", [edit(5, 9, "X"), edit(6, 6, "!"), edit(-1, 2, "Y")], "abcdef!"],
  ])("applies %s", (_name, edits, expected) => {
    expect(applyEdits("abcdef", edits)).toBe(expected);
  });
});
