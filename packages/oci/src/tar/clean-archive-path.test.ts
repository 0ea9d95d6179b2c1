import { describe, expect, it } from "vitest";
import { cleanArchivePath } from "./clean-archive-path.js";

describe("cleanArchivePath", () => {
  it.each([
    ["a/b", "a/b"],
    ["./a", "a"],
    ["/a", "a"],
    ["//./a//b/./c/", "a/b/c"],
    ["a/../b", "b"],
    [".", ""],
    ["./", ""],
    ["/", ""],
    ["", ""],
    ["..a/...", "..a/..."],
    ["a\\b", "a\\b"],
  ])("makes %j the path %j", (name, path) => {
    expect(cleanArchivePath(name)).toBe(path);
  });

  it.each(["..", "../a", "a/../..", "/../a", "./../a", "a/../../b", "a\0b"])("refuses %j", (name) => {
    expect(() => cleanArchivePath(name)).toThrow(expect.objectContaining({ code: "TAR_PATH_UNSAFE" }));
  });
});
