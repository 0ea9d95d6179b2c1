import { describe, expect, it } from "vitest";
import { inParallel } from "./in-parallel.js";

describe("inParallel", () => {
  it("gives results in the order of the things, with no more than the limit at work", async () => {
    let [running, most] = [0, 0];
    const results = await inParallel([5, 1, 3, 0, 2], 2, async (ticks) => {
      running += 1;
      most = Math.max(most, running);
      for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      running -= 1;
      return ticks * 2;
    });
    expect(results).toEqual([10, 2, 6, 0, 4]);
    expect(most).toBe(2);
  });

  it("begins nothing after a failure, and waits for what runs", async () => {
    const done: string[] = [];
    const work = async (name: string): Promise<void> => {
      if (name === "fails") throw new Error("no");
      await new Promise((resolve) => setImmediate(resolve));
      done.push(name);
    };
    await expect(inParallel(["slow", "fails", "never"], 2, work)).rejects.toThrow("no");
    expect(done).toEqual(["slow"]);
  });
});
