import { describe, expect, it } from "vitest";
import { imageXattrs } from "./image-xattrs.js";

const value = Buffer.from("v");

function kept(...names: readonly string[]): readonly string[] | undefined {
  const xattrs = imageXattrs(new Map(names.map((name) => [name, value])));
  return xattrs && [...xattrs.keys()];
}

describe("imageXattrs", () => {
  it("keeps capabilities and what users and root have set", () => {
    const names = ["security.capability", "user.k", "trusted.t"];
    expect(kept(...names)).toEqual(names);
  });

  it.each([
    "security.selinux",
    "security.apparmor",
    "security.ima",
    "trusted.overlay.origin",
    "user.overlay.opaque",
  ])("leaves out %s, which is the host's", (name) => {
    expect(kept(name)).toBeUndefined();
    expect(kept(name, "user.k")).toEqual(["user.k"]);
  });

  it("reads names as tar escapes them", () => {
    expect(kept("user.a%3Db%253D")).toEqual(["user.a=b%3D"]);
  });
});
