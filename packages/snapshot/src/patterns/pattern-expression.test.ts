import { describe, expect, it } from "vitest";
import { patternForm } from "./pattern-expression.js";

describe("patternForm", () => {
  it.each([
    ["src", { kind: "exact", text: "src" }],
    ["a.b+c(d){e}|f$", { kind: "exact", text: "a.b+c(d){e}|f$" }],
    ["a^b", { kind: "exact", text: "a^b" }],
    ["src/**", { kind: "prefix", text: "src/" }],
    ["src**", { kind: "prefix", text: "src" }],
    ["**", { kind: "suffix", text: "" }],
    ["**/log", { kind: "suffix", text: "/log" }],
    ["**/a/b.c", { kind: "suffix", text: "/a/b.c" }],
    ["**log", { kind: "suffix", text: "log" }],
    ["*", { kind: "expression", source: "^[^/]*$" }],
    ["*.log", { kind: "expression", source: "^[^/]*\\.log$" }],
    ["a?", { kind: "expression", source: "^a[^/]$" }],
    ["**/*.log", { kind: "expression", source: "^(.*/)?[^/]*\\.log$" }],
    ["**/**", { kind: "expression", source: "^(.*/)?.*$" }],
    ["**/a/**", { kind: "expression", source: "^(.*/)?a/.*$" }],
    ["a/**/b", { kind: "expression", source: "^a/(.*/)?b$" }],
    ["a**b", { kind: "expression", source: "^a(.*/)?b$" }],
    ["a*b/**", { kind: "expression", source: "^a[^/]*b/.*$" }],
    ["***", { kind: "expression", source: "^(.*/)?[^/]*$" }],
    ["[a-c]", { kind: "expression", source: "^[a-c]$" }],
    ["a]", { kind: "expression", source: "^a]$" }],
    ["a\\*", { kind: "expression", source: "^a\\*$" }],
    ["[*]", { kind: "expression", source: "^[[^/]*]$" }],
  ])("gives %j the form %j", (pattern, form) => {
    expect(patternForm(pattern)).toEqual(form);
  });
});
