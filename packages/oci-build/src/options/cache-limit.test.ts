import { describe, expect, it } from "vitest";
import { cacheLimit } from "./cache-limit.js";

const GiB = 1024 ** 3;

describe("cacheLimit", () => {
  it.each([
    ["nothing", {}, {}, undefined],
    ["an empty variable", {}, { OCI_BUILD_CACHE_MAX_SIZE: "" }, undefined],
    ["a variable with a unit", {}, { OCI_BUILD_CACHE_MAX_SIZE: "20GB" }, 20 * GiB],
    ["a variable that says unlimited", {}, { OCI_BUILD_CACHE_MAX_SIZE: "unlimited" }, "unlimited"],
    ["the option before the variable", { cacheMaxSize: 5 }, { OCI_BUILD_CACHE_MAX_SIZE: "20GB" }, 5],
    ["an unlimited option", { cacheMaxSize: "unlimited" as const }, {}, "unlimited"],
  ])("takes %s", (_, options, env, expected) => {
    expect(cacheLimit(options, env)).toBe(expected);
  });

  it.each([
    ["a variable that is no size", {}, { OCI_BUILD_CACHE_MAX_SIZE: "much" }],
    ["a negative number", { cacheMaxSize: -1 }, {}],
    ["a fraction", { cacheMaxSize: 0.5 }, {}],
  ])("refuses %s", (_, options, env) => {
    expect(() => cacheLimit(options, env)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });
});
