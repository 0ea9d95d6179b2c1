import { describe, expect, it } from "vitest";
import { covers, formatScopes, joinScopes, parseScopes, scopeSet } from "./scope-set.js";

describe("parseScopes", () => {
  it.each([
    ["repository:a/b:pull", ["repository:a/b:pull"]],
    ["repository:a/b:push,pull", ["repository:a/b:pull,push"]],
    ["repository:b:pull repository:a:pull", ["repository:a:pull", "repository:b:pull"]],
    ["repository:a:pull repository:a:push", ["repository:a:pull,push"]],
    ["repository:host:5000/a:delete,*", ["repository:host:5000/a:delete,*"]],
    ["registry:catalog:*", ["registry:catalog:*"]],
    ["repository(plugin):a:pull", ["repository(plugin):a:pull"]],
    ["nonsense a: :b", []],
    ["", []],
  ])("of %j are %j", (text, scopes) => {
    expect(formatScopes(parseScopes(text))).toEqual(scopes);
  });

  it("takes no more resources than any request needs", () => {
    const text = Array.from({ length: 1000 }, (_, i) => `repository:r${i}:pull`).join(" ");
    expect(parseScopes(text).size).toBe(64);
  });
});

describe("joinScopes", () => {
  it("joins the actions of each resource", () => {
    const a = scopeSet([{ repository: "a", actions: ["pull"] }]);
    const b = parseScopes("repository:a:push repository:b:pull");
    expect(formatScopes(joinScopes(a, b))).toEqual(["repository:a:pull,push", "repository:b:pull"]);
  });
});

describe("covers", () => {
  it.each([
    ["repository:a:pull,push", "repository:a:pull", true],
    ["repository:a:pull", "repository:a:pull,push", false],
    ["repository:a:pull", "repository:b:pull", false],
    ["repository:a:pull repository:b:pull", "repository:b:pull", true],
    ["repository:a:pull", "", true],
  ])("of %j by %j", (granted, wanted, expected) => {
    expect(covers(parseScopes(granted), parseScopes(wanted))).toBe(expected);
  });
});
