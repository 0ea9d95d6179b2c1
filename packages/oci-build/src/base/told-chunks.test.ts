import { afterEach, describe, expect, it, vi } from "vitest";
import { toldChunks } from "./told-chunks.js";

afterEach(() => void vi.useRealTimers());

describe("toldChunks", () => {
  it("tells of bytes no more often than every 200 milliseconds", async () => {
    vi.useFakeTimers({ now: 0 });
    const told: number[] = [];
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 10; count++) yield new Uint8Array(100);
    }
    for await (const _ of toldChunks(chunks(), (bytes) => told.push(bytes)))
      vi.setSystemTime(Date.now() + 90);
    expect(told).toEqual([300, 600, 900]);
  });
});
