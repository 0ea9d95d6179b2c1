import { describe, expect, it } from "vitest";
import { RequestSending } from "./request-sending.js";
import type { RequestBody } from "./transport.js";
import { Watchdog } from "./watchdog.js";

const limits = { idleMs: 40, answerMs: 40 } as const;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes all of a body, `pauseMs` after each piece; gives the pieces' sizes and whether the time was up. */
async function take(open: RequestBody["open"], pauseMs: number): Promise<[readonly number[], string]> {
  let outcome = "in time";
  const watchdog = new Watchdog(() => {
    outcome = "too late";
  });
  const sizes: number[] = [];
  const body = new RequestSending({ size: 1, open }, watchdog, limits).open();
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    sizes.push(piece.length);
    await wait(pauseMs);
  }
  watchdog.stop();
  return [sizes, outcome];
}

describe("a body on its way", () => {
  it("goes in pieces that a slow line can take in time", async () => {
    const KIB = 1024;
    const [sizes] = await take(async function* () {
      yield Buffer.alloc(600 * KIB);
      yield Buffer.alloc(0);
      yield Buffer.alloc(256 * KIB);
    }, 0);
    expect(sizes).toEqual([256 * KIB, 256 * KIB, 88 * KIB, 256 * KIB]);
  });

  it("may come slowly from its source", async () => {
    const [, outcome] = await take(async function* () {
      yield Buffer.alloc(1);
      await wait(120);
      yield Buffer.alloc(1);
    }, 0);
    expect(outcome).toBe("in time");
  });

  it("may not be taken slowly", async () => {
    const [, outcome] = await take(async function* () {
      yield Buffer.alloc(1);
    }, 120);
    expect(outcome).toBe("too late");
  });

  it("of one buffer goes as it is, and of nothing not at all", () => {
    const watchdog = new Watchdog(() => undefined);
    const bytes = Buffer.from("abc");
    expect(new RequestSending({ size: 3, open: () => bytes }, watchdog, limits).open()).toBe(bytes);
    expect(new RequestSending({ size: 0, open: () => bytes }, watchdog, limits).open()).toBeNull();
    expect(new RequestSending(undefined, watchdog, limits).open()).toBeNull();
  });
});
