import fc from "fast-check";
import { expect, it } from "vitest";
import { compileRegexp } from "./compile-regexp.js";
import { compileIgnorePattern } from "./ignore-pattern.js";
import { patternForm } from "./pattern-expression.js";

const piece = fc.constantFrom("a", "b", "/", "*", "**", "**/", "?", ".", "-", " ", "[ab]", "+");
const name = fc.constantFrom("a", "b", "ab", "ba", "a.b", "-", "a b", "+");

it("matches what its expression matches, though the end of a path is compared first", () => {
  const patterns = fc.array(piece, { minLength: 2, maxLength: 6 }).map((pieces) => pieces.join(""));
  const paths = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
  fc.assert(
    fc.property(patterns, fc.array(paths, { minLength: 10, maxLength: 20 }), (pattern, tried) => {
      const compiled = compileIgnorePattern({ pattern });
      const form = patternForm(compiled?.text ?? "");
      fc.pre(compiled !== undefined && form.kind === "expression");
      const { matches } = compileRegexp(form.source, compiled.text);
      expect(tried.filter((path) => compiled.matchesPath(path))).toEqual(tried.filter(matches));
    }),
    { numRuns: 2_000 },
  );
});
