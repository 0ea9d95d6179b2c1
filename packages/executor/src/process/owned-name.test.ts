import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ownedName, ownerState } from "./owned-name.js";

const [kernel, pid, start, random] = ownedName().split("-");

describe("ownerState", () => {
  it("sees that this process lives", () => {
    expect(ownerState(ownedName())).toBe("alive");
  });

  it("sees that a process has ended", () => {
    const ended = spawnSync("true").pid;
    expect(ownerState(`${kernel}-${ended}-${start}-${random}`)).toBe("dead");
  });

  it("sees that a pid was given to another process", () => {
    expect(ownerState(`${kernel}-${pid}-1-${random}`)).toBe("dead");
  });

  it.each([
    ["of another boot or machine", `${"0".repeat(16)}-${pid}-${start}-${random}`],
    ["that is none of these", "sha256"],
  ])("knows nothing of a name %s", (_, name) => {
    expect(ownerState(name)).toBe("unknown");
  });
});
