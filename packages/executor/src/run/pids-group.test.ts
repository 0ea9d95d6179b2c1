import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ownedName } from "../process/owned-name.js";
import { PidsGroup } from "./pids-group.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "pids-group-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("PidsGroup", () => {
  it("bounds the processes in the first group that can be made", () => {
    const name = ownedName();
    const group = PidsGroup.make(name, [path.join(folder, "none"), folder]);
    expect(group?.folder).toBe(path.join(folder, `oci-build-${name}`));
    expect(readFileSync(path.join(group?.folder ?? "", "pids.max"), "utf8")).toBe("16384");
  });

  it("is not there where none can be made", () => {
    expect(PidsGroup.make(ownedName(), [path.join(folder, "none")])).toBeUndefined();
    expect(PidsGroup.make(ownedName(), [])).toBeUndefined();
  });

  it("leaves those of processes that run, and removes those of processes that do not", () => {
    const parent = path.join(folder, "left");
    const living = ownedName();
    const [kernel = "", pid = ""] = living.split("-");
    const dead = `${kernel}-${pid}-1-${"0".repeat(16)}`;
    for (const name of [living, dead, "other"])
      mkdirSync(path.join(parent, `oci-build-${name}`), { recursive: true });
    PidsGroup.make(ownedName(), [parent]);
    expect(readdirSync(parent)).toHaveLength(3);
    expect(existsSync(path.join(parent, `oci-build-${dead}`))).toBe(false);
  });
});
