import { describe, expect, it } from "vitest";
import { defaultCacheDir } from "./cache-dir.js";

type Case = readonly [
  name: string,
  env: Record<string, string>,
  platform: NodeJS.Platform,
  home: string,
  expected: string,
];

const cases: readonly Case[] = [
  ["home on Linux", {}, "linux", "/home/a", "/home/a/.cache/oci-build"],
  ["home on FreeBSD", {}, "freebsd", "/home/a", "/home/a/.cache/oci-build"],
  ["XDG_CACHE_HOME", { XDG_CACHE_HOME: "/c" }, "linux", "/home/a", "/c/oci-build"],
  ["XDG_CACHE_HOME without a home", { XDG_CACHE_HOME: "/c" }, "linux", "", "/c/oci-build"],
  ["no relative XDG_CACHE_HOME", { XDG_CACHE_HOME: "c" }, "linux", "/home/a", "/home/a/.cache/oci-build"],
  ["no empty XDG_CACHE_HOME", { XDG_CACHE_HOME: "" }, "linux", "/home/a", "/home/a/.cache/oci-build"],
  ["home on macOS", {}, "darwin", "/Users/a", "/Users/a/Library/Caches/oci-build"],
  ["LOCALAPPDATA", { LOCALAPPDATA: "D:\\local" }, "win32", "C:\\a", "D:\\local\\oci-build"],
  ["home on Windows", {}, "win32", "C:\\a", "C:\\a\\AppData\\Local\\oci-build"],
  ["OCI_BUILD_CACHE_DIR first", { OCI_BUILD_CACHE_DIR: "x", XDG_CACHE_HOME: "/c" }, "linux", "/home/a", "x"],
  ["no empty OCI_BUILD_CACHE_DIR", { OCI_BUILD_CACHE_DIR: "" }, "linux", "/a", "/a/.cache/oci-build"],
];

describe("defaultCacheDir", () => {
  it.each(cases)("takes %s", (_, env, platform, home, expected) => {
    expect(defaultCacheDir(env, platform, home)).toBe(expected);
  });

  it.each<[NodeJS.Platform, string]>([
    ["linux", ""],
    ["darwin", ""],
    ["win32", ""],
    ["linux", "relative/home"],
  ])("refuses to guess on %s with the home folder %j", (platform, home) => {
    expect(() => defaultCacheDir({}, platform, home)).toThrow(
      expect.objectContaining({
        code: "CACHE_NO_FOLDER",
        exitCode: 3,
        hint: expect.stringContaining("--cache-dir"),
      }),
    );
  });
});
