import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareTreePaths } from "./path-order.js";

describe("compareTreePaths", () => {
  it.each([
    { name: "puts the root before everything", sorted: ["", " ", "a"] },
    { name: "puts a parent before what it holds", sorted: ["a", "a/b", "a/b/c"] },
    { name: "keeps a directory's names together", sorted: ["a", "a/z", "a ", "a-b", "a.b", "a0", "aa"] },
    { name: "puts names with units below the slash after the directory", sorted: ["a", "a/b", "a\u0001"] },
    { name: "orders siblings by code unit, not by code point", sorted: ["a/\u{1f600}", "a/\uffee"] },
  ])("$name", ({ sorted }) => {
    expect(sorted.toReversed().sort(compareTreePaths)).toEqual(sorted);
  });

  it("orders paths as their lists of names are ordered", () => {
    const part = fc.string({ minLength: 1, maxLength: 4 }).map((text) => text.replaceAll("/", "-"));
    const parts = fc.array(part, { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(Math.sign(compareTreePaths(a.join("/"), b.join("/")))).toBe(compareLists(a, b));
      }),
    );
  });
});

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length === b.length ? 0 : -1;
}
