import { isOciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { compileGoPattern, matchGoPath } from "./go-pattern.js";

/** Pattern, name, and whether Go 1.23's filepath.Match says yes on Linux. */
const cases: readonly (readonly [pattern: string, name: string, matches: boolean])[] = [
  ["", "", true],
  ["", "a", false],
  ["readme", "readme", true],
  ["readme", "readme.md", false],
  ["readme.md", "readme", false],
  ["*", "", true],
  ["*", "anything", true],
  ["*", ".hidden", true],
  ["*", "a/b", false],
  ["**", "ab", true],
  ["**", "a/b", false],
  ["*.js", "app.js", true],
  ["*.js", ".js", true],
  ["*.js", "app.jsx", false],
  ["*.js", "src/app.js", false],
  ["app*", "app", true],
  ["app*", "app/x", false],
  ["src/*", "src/a", true],
  ["src/*", "src/", true],
  ["src/*", "src", false],
  ["src/*/main.go", "src/cmd/main.go", true],
  ["src/*/main.go", "src/cmd/sub/main.go", false],
  ["a*b*c", "aXXbYYc", true],
  ["a*b*c", "abbc", true],
  ["a*b*c", "abcd", false],
  ["*ab", "aab", true],
  ["*ab*ab", "abab", true],
  ["*ab*ab", "aba", false],
  ["?", "a", true],
  ["?", "", false],
  ["?", "/", false],
  ["?", "é", true],
  ["??", "é", false],
  ["a?c", "abc", true],
  ["a?c", "a/c", false],
  ["a?c", "ac", false],
  ["*?", "", false],
  ["*?", "x", true],
  ["[abc]", "b", true],
  ["[abc]", "d", false],
  ["[abc]", "ab", false],
  ["[a-c]x", "bx", true],
  ["[a-c]x", "dx", false],
  ["[c-a]", "b", false],
  ["[^a-c]", "d", true],
  ["[^a-c]", "b", false],
  ["[!a]", "!", true],
  ["[!a]", "b", false],
  ["[a-cx-z]", "y", true],
  ["[a^]", "^", true],
  ["[\\^a]", "^", true],
  ["[*]", "*", true],
  ["[*]", "a", false],
  ["[[]", "[", true],
  ["[?/]x", "/x", true],
  ["a[^x]b", "a/b", true],
  ["[α-ω]", "λ", true],
  ["[α-ω]", "l", false],
  ["x[0-9][0-9]", "x42", true],
  ["\\*", "*", true],
  ["\\*", "a", false],
  ["\\a", "a", true],
  ["\\\\", "\\", true],
  ["\\é", "é", true],
  ["a\\?", "a?", true],
  ["a\\?", "ab", false],
  ["[\\]]", "]", true],
  ["[\\]-a]", "^", true],
  ["]", "]", true],
  ["a]b", "a]b", true],
  ["a-b", "a-b", true],
  ["{a,b}", "a", false],
  ["{a,b}", "{a,b}", true],
  ["a+", "a+", true],
  ["a+", "aa", false],
  ["^a$", "^a$", true],
];

describe("matchGoPath", () => {
  it.each(cases)("compares %j with %j: %j", (pattern, name, matches) => {
    expect(matchGoPath(pattern, name)).toBe(matches);
  });

  it("lets a star end inside a character, as Go goes by bytes", () => {
    expect(matchGoPath("*??", "☺")).toBe(true);
  });

  it("takes a byte that is not UTF-8 as one character", () => {
    expect(matchGoPath("a?b", "a\udcffb")).toBe(true);
    expect(matchGoPath("a??b", "a\udcffb")).toBe(false);
    expect(matchGoPath("[\ufffd]", "\udcff")).toBe(true);
  });

  it.each([
    ["half a surrogate", "\udced\udca0\udc80"],
    ["an overlong form", "\udce0\udc80\udc80"],
    ["beyond Unicode", "\udcf5\udc80\udc80"],
    ["cut off", "\udce2\udc98x"],
  ])("takes %s as one character a byte, as Go's decoder does", (_, name) => {
    expect(matchGoPath("???", name)).toBe(true);
    expect(matchGoPath("?", name)).toBe(false);
  });

  it.each([
    "[",
    "a[",
    "[a",
    "[]",
    "[]a]",
    "[^]",
    "[-a]",
    "[a-]",
    "[a-b-c]",
    "\\",
    "a\\",
    "[\\",
    "[a\\",
    "*[",
    "b*[]",
  ])("refuses %j whatever the name is", (pattern) => {
    for (const name of ["", "a", "nothing alike", "[", "b/c"]) {
      const match = () => matchGoPath(pattern, name);
      expect(match).toThrow(expect.objectContaining({ code: "PATTERN_INVALID" }));
    }
  });

  it("tells the pattern in the error's data", () => {
    try {
      compileGoPattern("a[b");
      expect.unreachable();
    } catch (error) {
      expect(isOciBuildError(error, "PATTERN_INVALID") && error.data).toEqual({
        pattern: "a[b",
        line: undefined,
      });
    }
  });

  it("stays fast on patterns that make backtracking engines explode", () => {
    const before = process.cpuUsage();
    expect(matchGoPath(`${"*a".repeat(30)}b`, "a".repeat(200))).toBe(false);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});
