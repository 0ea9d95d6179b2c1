import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTreePath } from "./path-check.js";

describe("isTreePath", () => {
  it.each(["", "a", "a/b", "...", ".a", "a.", "..a/b..", "a/.../b", "\u{1f600}/\udc80"])(
    "takes %j",
    (path) => {
      expect(isTreePath(path)).toBe(true);
    },
  );

  it.each([
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "./a",
    "a/.",
    "a/./b",
    "../a",
    "a/..",
    "a/../b",
    "\0",
    "a\0b",
  ])("refuses %j", (path) => {
    expect(isTreePath(path)).toBe(false);
  });

  it("looks at every part", () => {
    const part = fc.constantFrom("", ".", "..", "...", "a", ".a", "\0", "ü");
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 5 }), (parts) => {
        const isSafe = parts.every((text) => !["", ".", "..", "\0"].includes(text));
        expect(isTreePath(parts.join("/"))).toBe(isSafe);
      }),
    );
  });
});
