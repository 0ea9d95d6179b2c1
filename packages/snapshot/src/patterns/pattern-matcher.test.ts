import { isOciBuildError } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePatterns, type DirectoryMatch, type PatternMatcher } from "./pattern-matcher.js";

/** Patterns separated by blanks, a path, and whether the path is left out. */
const cases: readonly (readonly [patterns: string, path: string, excluded: boolean])[] = [
  ["", "a", false],
  ["a", "a", true],
  ["a", "b", false],
  ["a", "a/b", true],
  ["a", "a/b/c", true],
  ["a", "b/a", false],
  ["a", "ab", false],
  ["a/", "a/b", true],
  ["/a", "a", false],
  ["./a", "a", true],
  ["a/../b", "b", true],
  ["a//b", "a/b", true],
  [".", "a", false],
  ["..", "a", false],
  ["/", "a", false],
  ["node_modules", "a/node_modules", false],
  ["**/node_modules", "node_modules", true],
  ["**/node_modules", "a/node_modules", true],
  ["**/node_modules", "a/b/node_modules/c/d", true],
  ["**/node_modules", "a/my_node_modules", false],
  ["**node_modules", "a/my_node_modules", true],
  ["a/b", "a", false],
  ["a/b", "a/b/c", true],
  ["a/*", "a", false],
  ["a/*", "a/b", true],
  ["a/*", "a/b/c", true],
  ["a/*/c", "a/b/c", true],
  ["a/*/c", "a/b/b/c", false],
  ["*", "a", true],
  ["*", "a/b", true],
  ["*", ".a", true],
  ["*.md", "readme.md", true],
  ["*.md", "docs/readme.md", false],
  ["*/*.md", "docs/readme.md", true],
  ["*/*.md", "docs/a/readme.md", false],
  ["**/*.md", "readme.md", true],
  ["**/*.md", "docs/a/readme.md", true],
  ["**/*.md", "readme.mdx", false],
  ["**/*.md", "docs.md/file", true],
  ["docs/**/*.md", "docs/a.md", true],
  ["docs/**/*.md", "docs/x/y/a.md", true],
  ["docs/**/*.md", "other/a.md", false],
  ["docs/**", "docs", false],
  ["docs/**", "docs/a", true],
  ["docs/**", "docs/a/b", true],
  ["docs/**", "docs2/a", false],
  ["docs**", "docs2/a", true],
  ["docs/**/", "docs/a", true],
  ["**", "a", true],
  ["**", "a/b", true],
  ["**/", "a", true],
  ["**/**", "a/b", true],
  ["**/a/**", "a", false],
  ["**/a/**", "a/b", true],
  ["**/a/**", "x/a/b", true],
  ["**/a/*", "x/a/b", true],
  ["**/a/*", "x/a/b/c", true],
  ["**/**/*.txt", "a.txt", true],
  ["**/**/*.txt", "x/y/a.txt", true],
  ["**/.git", "sub.git", false],
  ["**/.git", "sub/.git/config", true],
  ["**/**/node_modules", "node_modules", true],
  ["**/**/node_modules", "a/node_modules/b", true],
  ["**/**/node_modules", "my_node_modules", false],
  ["****/a", "a", true],
  ["***/a", "a", false],
  ["a**/b", "ab", true],
  ["a**/b", "ax/b", true],
  ["a**/b", "axb", false],
  ["a?**/b", "axb", true],
  ["a**/*.txt", "a/x/y.txt", true],
  ["a**/*.txt", "ab/y.txt", true],
  ["a**/*.txt", "b/a/y.txt", false],
  ["a**b", "ab", true],
  ["a**b", "ax/b", true],
  ["a**b", "axb", false],
  ["***/x", "a/b/x", true],
  ["a/*.txt**", "a/file.txt", true],
  ["a?c", "abc", true],
  ["a?c", "a/c", false],
  ["?", "é", true],
  ["[a-c]x", "bx", true],
  ["[a-c]x", "dx", false],
  ["[^a-c]x", "dx", true],
  ["[^a-c]x", "bx", false],
  ["[^a]", "/", true],
  ["**/[Tt]emp", "x/Temp/y", true],
  ["[[:digit:]]x", "7x", true],
  ["[[:digit:]]x", "ax", false],
  ["[[:^digit:]]x", "ax", true],
  ["[[:^digit:]]x", "éx", true],
  ["[*]", "*", false],
  ["[*]", "[]", true],
  ["[*]", "]", true],
  ["[?]", "?]", false],
  ["a\\*b", "a*b", true],
  ["a\\*b", "axb", false],
  ["a\\?", "a?", true],
  ["\\!a", "!a", true],
  ["\\#a", "#a", true],
  ["a\\\\", "a\\", true],
  ["build\\dist", "build5ist", true],
  ["build\\dist", "build/dist", false],
  ["a\\sb", "a b", true],
  ["a\\wb", "a_b", true],
  ["a\\Wb", "a-b", true],
  ["a\\Wb", "aéb", true],
  ["a\\x41", "aA", true],
  ["a\\060", "a0", true],
  ["a\\pLb", "aéb", true],
  ["a\\PLb", "aéb", false],
  ["a\\b.b", "a.b", true],
  ["a\\bb", "ab", false],
  ["x\\Qa.c", "xa\\.c$", true],
  ["x\\Qa.c", "xa.c", false],
  ["a+b", "a+b", true],
  ["a+b", "aab", false],
  ["a.b*", "a.bc", true],
  ["a.b*", "axbc", false],
  ["(a|b)*", "(a|b)c", true],
  ["(a|b)*", "a", false],
  ["{a,b}", "a", false],
  ["a$*", "a$", true],
  ["a^b", "a^b", true],
  ["a^b*", "a^b", false],
  [" a ", "a", true],
  ["a !a", "a", false],
  ["!a a", "a", true],
  ["a !a a", "a", true],
  ["docs !docs/keep", "docs", true],
  ["docs !docs/keep", "docs/keep", false],
  ["docs !docs/keep", "docs/keep/x", false],
  ["docs !docs/keep", "docs/other", true],
  ["docs/* !docs/keep", "docs", false],
  ["docs/* !docs/keep", "docs/keep", false],
  ["docs/** !docs/keep docs/keep/secret", "docs/keep/secret", true],
  ["docs/** !docs/keep docs/keep/secret", "docs/keep/open", false],
  ["** !**/*.keep", "a/b/x.keep", false],
  ["** !**/*.keep", "a/b/x", true],
  ["** !src !*.json", "src/a/b", false],
  ["** !src !*.json", "package.json", false],
  ["** !src !*.json", "lib/package.json", true],
  ["* !*/", "a/b", false],
  ["*.md !readme*.md readme-secret.md", "readme-public.md", false],
  ["*.md !readme*.md readme-secret.md", "readme-secret.md", true],
  ["a/b !a", "a/b", true],
  ["!b a", "a/b", true],
  ["a !b", "a/b", true],
];

const split = (patterns: string): string[] =>
  patterns.trim() === patterns ? patterns.split(" ") : [patterns];

describe("compilePatterns", () => {
  it.each(cases)("%j on %j: %j", (patterns, path, excluded) => {
    expect(compilePatterns(split(patterns)).matches(path)).toBe(excluded);
  });

  it.each(cases.filter(([patterns]) => patterns !== "a/b !a"))(
    "%j on %j gives %j also when all parents are compared",
    (patterns, path, excluded) => {
      expect(compilePatterns(split(patterns)).matchesOrParentMatches(path)).toBe(excluded);
    },
  );

  it("differs between a walk and a comparison of all parents as moby does", () => {
    const matcher = compilePatterns(["a/b", "!a"]);
    expect(matcher.matches("a/b")).toBe(true);
    expect(matcher.matchesOrParentMatches("a/b")).toBe(false);
  });

  it("never excludes the root", () => {
    expect(compilePatterns(["**", "."]).matches("")).toBe(false);
  });

  it("takes a byte that is not UTF-8 as one character", () => {
    expect(compilePatterns(["a?b"]).matches("a\udcffb")).toBe(true);
    expect(compilePatterns(["**/*.txt"]).matches("x/\udcff.txt")).toBe(true);
  });

  it("matches names with newlines, but not across them with a double star", () => {
    expect(compilePatterns(["a*b"]).matches("a\nb")).toBe(true);
    expect(compilePatterns(["a**/b*"]).matches("a\nx/b")).toBe(false);
  });

  it.each([
    "!",
    "! ",
    "[",
    "a[",
    "[]a]",
    "[x-]",
    "\\",
    "[c-a]",
    "a\\y",
    "\\8",
    "\\1",
    "\\p",
    "\\pX",
    "\\xZZ",
    "\\C",
  ])("refuses %j when it is compiled", (pattern) => {
    const compile = () => compilePatterns(["ok", pattern]);
    expect(compile).toThrow(expect.objectContaining({ code: "PATTERN_INVALID" }));
  });

  it("Differs: a malformed pattern is refused here; moby finds some only when a path is compared with them", () => {
    expect(() => compilePatterns(["[Local-Only]/"])).toThrow(
      expect.objectContaining({ code: "PATTERN_INVALID" }),
    );
  });

  it("Differs: `/` separates and `\\` escapes on every system, as for BuildKit on Linux", () => {
    expect(compilePatterns(["a\\[1]"]).matches("a[1]")).toBe(true);
  });

  it("passes by patterns that are empty or blank", () => {
    expect(compilePatterns(["", "  ", "a"]).matches("a")).toBe(true);
  });

  it("stays fast on patterns that make backtracking engines explode", () => {
    const matcher = compilePatterns([`${"*a".repeat(12)}b`, `${"**/x".repeat(8)}y`]);
    const before = process.cpuUsage();
    expect(matcher.matches("a".repeat(255))).toBe(false);
    expect(matcher.matches("x/".repeat(100))).toBe(false);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});

describe("explain", () => {
  const matcher = compilePatterns([
    { pattern: "docs", line: 2 },
    { pattern: "!docs/keep", line: 5 },
  ]);

  it.each([
    ["docs/other", { pattern: "docs", line: 2, excluded: true }],
    ["docs/keep/x", { pattern: "!docs/keep", line: 5, excluded: false }],
    ["src", undefined],
    ["", undefined],
  ])("tells which pattern decides about %j", (path, verdict) => {
    expect(matcher.explain(path)).toEqual(verdict);
  });
});

describe("couldReincludeBelow", () => {
  it.each([
    ["a", "a", false],
    ["a !b", "a", false],
    ["a !a/b", "a", true],
    ["a !a/b", "a/c", false],
    ["a !a/b/c", "a/b", true],
    ["!a/b a", "a", false],
    ["a !a/*/x", "a", true],
    ["a !a/*/x", "a/b", true],
    ["a !a/*/x", "a/b/c", false],
    ["a !b*/x", "a", false],
    ["** !**/*.keep", "a/b", true],
    ["** !**/keep", "a/b", true],
    ["** !src/**", "lib", false],
    ["** !src/**/x", "src", true],
    ["** !src/**/x", "srcs", false],
    ["** !s[a-r]c/x", "src", true],
    ["** !s[a-q]c/x", "src", false],
    ["** !s\\bc/x", "src", true],
    ["b", "a", true],
  ])("%j below %j: %j", (patterns, directory, could) => {
    expect(compilePatterns(split(patterns)).couldReincludeBelow(directory)).toBe(could);
  });
});

describe("what a matcher knows of a directory", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "b", "/", "*", "?", ".", "!", "[a-b]", "\\", "**/", "ü", " ", "^"),
    maxLength: 6,
  });
  const paths = fc.array(fc.constantFrom("a", "b", "ab", ".a", "ü", "a^", " b"), {
    minLength: 1,
    maxLength: 4,
  });

  it("leaves out only patterns that match nothing below", () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), paths, (patterns, names) => {
        const matcher = compileOrSkip(patterns);
        const plain = patterns.map((pattern) => compileOrSkip([pattern.replace(/^!/, "")]));
        let match: DirectoryMatch | undefined;
        for (const [depth] of names.entries()) {
          const directory = names.slice(0, depth + 1).join("/");
          match = matcher.enter(directory, match);
          const below = `${directory}/${names.at(-1)}`;
          const compared = plain.map((one) => one.matches(below));
          if (!compared.some(Boolean)) expect(matcher.excludes(below, match)).toBe(false);
          expect(matcher.excludes(below, match)).toBe(
            matcher.excludes(below, { ...match, live: patterns.map((_, index) => index) }),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["*.log", "a", []],
    ["dist a/b", "a", [1]],
    ["**/*.log", "a/b/c", [0]],
    ["a", "a", [0]],
    ["a/*/c !a/b", "a/x", [0]],
  ])("keeps of %j below %j those with the numbers %j", (patterns, directory, live) => {
    const matcher = compilePatterns(patterns.split(" "));
    let match: DirectoryMatch | undefined;
    for (const [depth] of directory.split("/").entries()) {
      match = matcher.enter(
        directory
          .split("/")
          .slice(0, depth + 1)
          .join("/"),
        match,
      );
    }
    expect(match?.live).toEqual(live);
  });
});

/** Generated patterns may be malformed; those are not what is looked at. */
function compileOrSkip(patterns: readonly string[]): PatternMatcher {
  try {
    return compilePatterns(patterns);
  } catch (error) {
    if (!isOciBuildError(error, "PATTERN_INVALID")) throw error;
    return fc.pre(false) as never;
  }
}
