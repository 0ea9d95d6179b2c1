import { describe, expect, it } from "vitest";
import { currentProcess } from "../process/process-identity.js";
import type { LockOwner } from "./lock-folder.js";
import { OwnerWatch } from "./owner-watch.js";

const self = currentProcess();
const elsewhere: LockOwner = { identity: { ...self, host: "0".repeat(16) }, text: "a", beatMs: 1 };

describe("OwnerWatch", () => {
  it("judges a process that it can see at once, whatever its heartbeat", () => {
    const watch = new OwnerWatch(self);
    expect(watch.hasGone({ identity: self, text: "a", beatMs: 1 }, 0)).toBe(false);
    expect(watch.hasGone({ identity: self, text: "a", beatMs: 1 }, 1e9)).toBe(false);
    expect(watch.hasGone({ identity: { ...self, start: "1" }, text: "b", beatMs: 1 }, 0)).toBe(true);
  });

  it("waits half a minute for the heartbeat of a process that it cannot see", () => {
    const watch = new OwnerWatch(self);
    expect(watch.hasGone(elsewhere, 1_000)).toBe(false);
    expect(watch.hasGone(elsewhere, 31_000)).toBe(false);
    expect(watch.hasGone(elsewhere, 31_001)).toBe(true);
  });

  it("begins anew when the heart beats, and when another process holds the lock", () => {
    const watch = new OwnerWatch(self);
    expect(watch.hasGone(elsewhere, 0)).toBe(false);
    expect(watch.hasGone({ ...elsewhere, beatMs: 2 }, 30_001)).toBe(false);
    expect(watch.hasGone({ ...elsewhere, beatMs: 2, text: "b" }, 60_002)).toBe(false);
    expect(watch.hasGone({ ...elsewhere, beatMs: 2, text: "b" }, 90_003)).toBe(true);
  });
});
