import { describe, expect, it } from "vitest";
import { isOciBuildError } from "../error.js";
import { parseFamiliarName, parseImageName } from "./image-name.js";

describe("parseImageName", () => {
  it.each([
    { name: "docker.io/library/app:1.0", familiar: "app:1.0", tag: "1.0" },
    { name: "docker.io/team/app:1.0", familiar: "team/app:1.0", tag: "1.0" },
    { name: "docker.io/library/team/app:1", familiar: "library/team/app:1", tag: "1" },
    { name: "localhost/app:x", familiar: "localhost/app:x", tag: "x" },
    { name: "localhost:5000/a/b/c:_1-2.3", familiar: "localhost:5000/a/b/c:_1-2.3", tag: "_1-2.3" },
    { name: "[::1]:5000/app:1", familiar: "[::1]:5000/app:1", tag: "1" },
    { name: "example.com/a__b-c.d:1", familiar: "example.com/a__b-c.d:1", tag: "1" },
  ])("reads $name", ({ name, familiar, tag }) => {
    expect(parseImageName(name)).toEqual({ full: name, familiar, tag });
  });

  it.each([
    "",
    ":",
    "app",
    "app:1",
    "library/app:1",
    "docker.io/app",
    "docker.io/:1",
    "docker.io/App:1",
    "docker.io/a//b:1",
    "docker.io/a/../b:1",
    "docker.io/app:",
    "docker.io/app:-1",
    `docker.io/app:${"1".repeat(129)}`,
    `docker.io/${"a".repeat(256)}:1`,
    "docker.io/app@sha256:1",
    "docker.io/app:1\n",
  ])("refuses %j", (name) => {
    expect(() => parseImageName(name)).toThrow(
      expect.toSatisfy((error) => isOciBuildError(error, "OCI_IMAGE_NAME_INVALID")),
    );
  });

  it("takes no time on a long name that is almost one", () => {
    const before = process.cpuUsage();
    expect(() => parseImageName(`docker.io/${"a".repeat(200_000)}!:1`)).toThrow();
    expect(() => parseImageName(`${"a".repeat(200_000)}!/a:1`)).toThrow();
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});

describe("parseFamiliarName", () => {
  it.each([
    ["app:1", "docker.io/library/app:1"],
    ["team/app:1", "docker.io/team/app:1"],
    ["localhost:5000/app:1", "localhost:5000/app:1"],
    ["docker.io/library/app:1", "docker.io/library/app:1"],
  ])("reads %s as %s", (familiar, full) => {
    expect(parseFamiliarName(familiar).full).toBe(full);
  });
});
