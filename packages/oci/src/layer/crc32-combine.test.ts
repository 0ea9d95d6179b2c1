import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { combineCrc32 } from "./crc32-combine.js";

describe("combineCrc32", () => {
  it("gives the CRC of two runs of bytes joined", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array({ maxLength: 5000 }), (a, b) => {
        expect(combineCrc32(crc32(a), crc32(b), b.length)).toBe(crc32(Buffer.concat([a, b])));
      }),
    );
  });

  it("holds for lengths of many bits, by adding them up", () => {
    const zeros = Buffer.alloc(1 << 20);
    const far = combineCrc32(crc32("a"), crc32(zeros), zeros.length);
    expect(far).toBe(crc32(zeros, crc32("a")));
    // 2^40 zero bytes in one step are 2^20 steps of 2^20: ten doublings of a known step reach 2^30.
    let [crc, bytes] = [crc32(zeros), zeros.length];
    for (; bytes < 2 ** 40; bytes *= 2) crc = combineCrc32(crc, crc, bytes);
    const half = combineCrc32(combineCrc32(crc32("a"), crc, 2 ** 40), crc, 2 ** 40);
    expect(half).toBe(combineCrc32(crc32("a"), combineCrc32(crc, crc, 2 ** 40), 2 ** 41));
  });
});
