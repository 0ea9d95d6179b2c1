import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMessages } from "./agent-messages.js";
import { WireError, wireString, wireUint32 } from "./wire.js";

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function all(chunks: AsyncIterable<Buffer>): Promise<readonly Buffer[]> {
  const messages: Buffer[] = [];
  for await (const message of readMessages(chunks)) messages.push(message);
  return messages;
}

describe("readMessages", () => {
  it("gives messages as they were sent, however they come", async () => {
    const messages = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(messages, fc.integer({ min: 1, max: 60 }), async (sent, length) => {
        const bytes = Buffer.concat(sent.map(wireString));
        expect(await all(inPieces(bytes, length))).toEqual(sent.map((message) => Buffer.from(message)));
      }),
    );
  });

  it("gives nothing of a message that does not end", async () => {
    expect(await all(inPieces(Buffer.concat([wireUint32(5), Buffer.alloc(4)]), 3))).toEqual([]);
    expect(await all(inPieces(Buffer.alloc(3), 3))).toEqual([]);
  });

  it.each([0, 256 * 1024 + 1, 0xffff_ffff])(
    "refuses a message of %d bytes before it comes",
    async (length) => {
      await expect(all(inPieces(wireUint32(length), 4))).rejects.toThrow(WireError);
    },
  );

  it("takes the longest one that OpenSSH's agent takes", async () => {
    const message = Buffer.alloc(256 * 1024, 7);
    const [taken, ...more] = await all(inPieces(wireString(message), 1000));
    expect([taken?.equals(message), more]).toEqual([true, []]);
  });
});
