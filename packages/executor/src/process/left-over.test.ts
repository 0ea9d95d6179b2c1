import { mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isLeftOver } from "./left-over.js";
import { ownedName } from "./owned-name.js";

const HOUR_SEC = 3600;

/** A folder with one of that name, last changed so many hours ago. */
function parentOf(name: string, hours: number): string {
  const parent = mkdtempSync(join(tmpdir(), "left-over-"));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  mkdirSync(join(parent, name));
  const changed = Date.now() / 1000 - hours * HOUR_SEC;
  utimesSync(join(parent, name), changed, changed);
  return parent;
}

describe("isLeftOver", () => {
  const [, ...rest] = ownedName().split("-");
  const ofAnotherMachine = ["0".repeat(16), ...rest].join("-");

  it.each([
    ["what a process works with that runs, however old it is", false, ownedName(), 1000],
    ["what cannot be told, for a day", false, ofAnotherMachine, 23],
    ["what cannot be told, after a day", true, ofAnotherMachine, 25],
    ["what has another name, after a day", true, "x", 25],
  ])("says so of %s: %s", async (_, isLeft, name, hours) => {
    expect(await isLeftOver(parentOf(name, hours), name)).toBe(isLeft);
    expect(await isLeftOver(parentOf(`aside-${name}`, hours), `aside-${name}`, "aside-")).toBe(isLeft);
  });

  it("does not say so of what is gone meanwhile", async () => {
    expect(await isLeftOver(parentOf("x", 0), ofAnotherMachine)).toBe(false);
  });
});
