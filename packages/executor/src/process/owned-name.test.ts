import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
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

  it("sees that a process has ended which nobody has reaped", async () => {
    const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 30"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void parent.kill());
    const [output] = (await once(parent.stdout, "data")) as [Buffer];
    const ended = output.toString().trim();
    const fieldsOf = (): readonly string[] => readFileSync(`/proc/${ended}/stat`, "latin1").split(" ");
    await expect.poll(() => fieldsOf()[2]).toBe("Z");
    expect(ownerState(`${kernel}-${ended}-${fieldsOf()[21]}-${random}`)).toBe("dead");
  });

  it.each([
    ["of another boot or machine", `${"0".repeat(16)}-${pid}-${start}-${random}`],
    ["that is none of these", "sha256"],
  ])("knows nothing of a name %s", (_, name) => {
    expect(ownerState(name)).toBe("unknown");
  });
});
