import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Slots } from "./slots.js";

describe("Slots", () => {
  it("does no more at once than it has slots", async () => {
    const slots = new Slots(2);
    let [running, most] = [0, 0];
    await Promise.all(
      Array.from({ length: 6 }, () =>
        slots.use(0, async () => {
          running += 1;
          most = Math.max(most, running);
          await delay(1);
          running -= 1;
        }),
      ),
    );
    expect([running, most]).toEqual([0, 2]);
  });

  it("lets whoever ranks lowest go first, also one who comes right after it had its turn", async () => {
    const slots = new Slots(1);
    const done: string[] = [];
    const stage = async (rank: number): Promise<void> => {
      for (const step of [1, 2]) {
        await slots.use(rank, async () => {
          await delay(1);
          done.push(`${rank}.${step}`);
        });
      }
    };
    await Promise.all([stage(0), stage(2), stage(1)]);
    expect(done).toEqual(["0.1", "0.2", "1.1", "1.2", "2.1", "2.2"]);
  });

  it("gives a slot back after a failure", async () => {
    const slots = new Slots(1);
    await expect(slots.use(0, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await slots.use(0, () => Promise.resolve("yes"))).toBe("yes");
  });
});
