import { describe, expect, it } from "vitest";
import { dockerKey, membersFor, parseAuthKey } from "./auth-key.js";

describe("parseAuthKey", () => {
  it.each([
    ["r.example", "r.example", ""],
    ["r.example:5000", "r.example:5000", ""],
    ["https://r.example", "r.example", ""],
    ["http://r.example/", "r.example", ""],
    ["https://r.example/v1/", "r.example", ""],
    ["https://r.example/some/path", "r.example", ""],
    ["r.example/v2/", "r.example", ""],
    ["r.example/v1", "r.example", ""],
    ["r.example/team", "r.example", "team"],
    ["r.example/team/app/", "r.example", "team/app"],
    ["https://index.docker.io/v1/", "docker.io", ""],
    ["index.docker.io/v1/", "docker.io", ""],
    ["docker.io", "docker.io", ""],
    ["registry-1.docker.io", "docker.io", ""],
    ["docker.io/library/app", "docker.io", "library/app"],
    ["", "", ""],
  ])("of %j is %j and %j", (key, registry, scope) => {
    expect(parseAuthKey(key)).toEqual({ registry, scope });
  });
});

describe("membersFor", () => {
  it.each<[readonly string[], string, string | undefined, readonly string[]]>([
    [["r", "r/team", "r/team/app", "r/teams"], "r", "team/app", ["r/team/app", "r/team", "r"]],
    [["r/team", "r"], "r", "team", ["r/team", "r"]],
    [["r/team", "r"], "r", undefined, ["r"]],
    [["https://r", "r"], "r", undefined, ["r", "https://r"]],
    [
      ["docker.io", "https://index.docker.io/v1/"],
      "docker.io",
      "library/a",
      ["https://index.docker.io/v1/", "docker.io"],
    ],
    [["r:5000", "other"], "r", undefined, []],
  ])("of %j for %s and %s are %j", (keys, registry, repository, found) => {
    const members = Object.fromEntries(keys.map((key) => [key, key]));
    expect(membersFor(members, registry, repository)).toEqual(found);
  });
});

describe("dockerKey", () => {
  it("has a name of its own for Docker Hub", () => {
    expect(dockerKey("docker.io")).toBe("https://index.docker.io/v1/");
    expect(dockerKey("r.example:5000")).toBe("r.example:5000");
  });
});
