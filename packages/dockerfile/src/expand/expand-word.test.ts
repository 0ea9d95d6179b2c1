import { describe, expect, it } from "vitest";
import { expandWord } from "../index.js";
import { expansionMaxDepth, expansionMaxLength } from "./expansion.js";

const env = new Map([
  ["A", "foo"],
  ["ONE", "$1"],
  ["EMPTY", ""],
]);

describe("expandWord", () => {
  it("tells which variables were used and which are missing, each once, in order", () => {
    expect(expandWord("$B ${C:-$A} $B ${A} '$D' ${EMPTY}", env)).toEqual({
      ok: true,
      value: " foo  foo $D ",
      used: ["A", "EMPTY"],
      missing: ["B", "C"],
    });
  });

  it("expands the word of an operator even where it is not used", () => {
    expect(expandWord("${A:-$B}", env)).toMatchObject({ value: "foo", missing: ["B"] });
  });

  it.each([
    ["ab ${A B}", 7],
    ["ab 'c", 3],
    ['ab "c', 3],
    ["${B:?x} y", 7],
  ])("tells where %j is wrong", (text, offset) => {
    expect(expandWord(text, env)).toMatchObject({ ok: false, offset });
  });

  it("Differs: BuildKit has no limit of length; ours is 1 MiB", () => {
    const big = new Map([["X", "x".repeat(expansionMaxLength / 2)]]);
    expect(expandWord("$X$X", big).ok).toBe(true);
    expect(expandWord("$X$X.", big)).toMatchObject({ ok: false, rule: "DOCKERFILE_EXPANSION_TOO_LARGE" });
  });

  it("Differs: BuildKit nests as deep as its stack; ours nests 100 deep", () => {
    const nested = (depth: number) => ["${B:-".repeat(depth), "x", "}".repeat(depth)].join("");
    expect(expandWord(nested(expansionMaxDepth), env)).toMatchObject({ value: "x" });
    expect(expandWord(nested(expansionMaxDepth + 1), env)).toMatchObject({
      rule: "DOCKERFILE_BAD_SUBSTITUTION",
    });
    expect(expandWord(nested(100_000), env).ok).toBe(false);
  });

  it("Differs: an ordinary one stays single where escapes are kept", () => {
    const kept = { quotes: "keep", escapes: "keep" } as const;
    expect(expandWord(String.raw`"a\n\\"`, new Map(), kept)).toMatchObject({ value: String.raw`"a\n\\"` });
  });

  it("Differs: a `$` in the replacement is an ordinary character also with `//`", () => {
    expect(expandWord("${A//o/$ONE}", env)).toMatchObject({ value: "f$1$1" });
  });

  it("matches patterns in time proportional to text times pattern", () => {
    const values = new Map([["X", "a".repeat(5000)]]);
    expect(expandWord(`\${X//${"*a".repeat(50)}b/x}`, values)).toMatchObject({ value: "a".repeat(5000) });
  });
});
