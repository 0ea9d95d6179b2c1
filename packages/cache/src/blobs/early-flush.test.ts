import { describe, expect, it } from "vitest";
import { EarlyFlush, FLUSH_EVERY_BYTES } from "./early-flush.js";

describe("EarlyFlush", () => {
  it("flushes each time that so much more was written, and the rest in the end", async () => {
    const disk = slowDisk();
    const flush = new EarlyFlush(disk);
    flush.grownTo(FLUSH_EVERY_BYTES - 1);
    expect(disk.flushes).toHaveLength(0);
    flush.grownTo(FLUSH_EVERY_BYTES);
    expect(disk.flushes).toHaveLength(1);
    await disk.end(0);
    flush.grownTo(2 * FLUSH_EVERY_BYTES - 1);
    expect(disk.flushes).toHaveLength(1);
    flush.grownTo(2 * FLUSH_EVERY_BYTES);
    await disk.end(1);
    const finished = flush.finish();
    await expect.poll(() => disk.flushes).toHaveLength(3);
    await disk.end(2);
    await finished;
  });

  it("runs one flush at a time, however much is written meanwhile", async () => {
    const disk = slowDisk();
    const flush = new EarlyFlush(disk);
    flush.grownTo(FLUSH_EVERY_BYTES);
    flush.grownTo(5 * FLUSH_EVERY_BYTES);
    const finished = flush.finish();
    expect(disk.flushes).toHaveLength(1);
    await disk.end(0);
    await expect.poll(() => disk.flushes).toHaveLength(2);
    await disk.end(1);
    await finished;
  });

  it("flushes once where little was written", async () => {
    const disk = slowDisk();
    const flush = new EarlyFlush(disk);
    flush.grownTo(1000);
    const finished = flush.finish();
    await expect.poll(() => disk.flushes).toHaveLength(1);
    await disk.end(0);
    await finished;
  });

  it("keeps what an early flush met with, also where the next one would succeed", async () => {
    const disk = slowDisk();
    const flush = new EarlyFlush(disk);
    flush.grownTo(FLUSH_EVERY_BYTES);
    await disk.end(0, new Error("lost a write"));
    expect(() => flush.grownTo(FLUSH_EVERY_BYTES + 1)).toThrow("lost a write");
    await expect(flush.finish()).rejects.toThrow("lost a write");
    expect(disk.flushes).toHaveLength(1);
  });
});

interface Flush {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Counts flushes, each of which ends when the test says so. */
function slowDisk() {
  const flushes: Flush[] = [];
  return {
    flushes,
    datasync: () => new Promise<void>((resolve, reject) => flushes.push({ resolve, reject })),
    async end(index: number, error?: Error): Promise<void> {
      if (error === undefined) flushes[index]?.resolve();
      else flushes[index]?.reject(error);
      // The one who waits for it goes on.
      await new Promise(setImmediate);
    },
  };
}
