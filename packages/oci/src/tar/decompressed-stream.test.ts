import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { chunked, gather } from "../../test/byte-streams.js";
import { noise } from "../../test/layer-entries.js";
import { nodeZstd } from "../layer/node-zstd.js";
import { decompressedStream } from "./decompressed-stream.js";

const text = Buffer.from("some text ".repeat(50_000));

describe("decompressedStream", () => {
  it.each([
    { name: "unpacks gzip", bytes: gzipSync(text), out: text },
    {
      name: "unpacks several gzip members",
      bytes: Buffer.concat([gzipSync("a"), gzipSync("b")]),
      out: Buffer.from("ab"),
    },
    { name: "passes on what is not compressed", bytes: text, out: text },
    { name: "passes on what is shorter than any magic", bytes: Buffer.of(0x42), out: Buffer.of(0x42) },
    { name: "gives nothing for nothing", bytes: Buffer.of(), out: Buffer.of() },
  ])("$name, however it is cut", async ({ bytes, out }) => {
    for (const chunkBytes of [1, 7, 100_000].filter((size) => bytes.length / size < 10_000)) {
      expect((await gather(decompressedStream(chunked(bytes, chunkBytes)))).equals(out)).toBe(true);
    }
  });

  it.each([
    { found: "bzip2", magic: "425a6839314159" },
    { found: "xz", magic: "fd377a585a0000" },
    { found: "lzip", magic: "4c5a49500100" },
    { found: "lz4", magic: "04224d186440" },
    { found: "lzma", magic: "5d0000800000" },
    { found: "compress", magic: "1f9d90000000" },
  ])("names $found, which it cannot unpack", async ({ found, magic }) => {
    await expect(gather(decompressedStream(chunked(Buffer.from(magic, "hex"))))).rejects.toMatchObject({
      code: "TAR_COMPRESSION_UNSUPPORTED",
      data: { found },
    });
  });

  it.skipIf(nodeZstd() !== undefined)("names zstd where Node has none (skipped where it has)", async () => {
    const bytes = Buffer.from("28b52ffd00", "hex");
    await expect(gather(decompressedStream(chunked(bytes)))).rejects.toMatchObject({
      code: "TAR_COMPRESSION_UNSUPPORTED",
      data: { found: "zstd" },
      hint: expect.stringContaining("22.15"),
    });
  });

  it.each([
    { name: "cut short", bytes: gzipSync(noise(10_000, 1)).subarray(0, 5000) },
    { name: "changed", bytes: gzipSync(text).fill(0xff, 100, 110) },
    { name: "with a wrong CRC", bytes: Buffer.concat([gzipSync(text).subarray(0, -8), Buffer.alloc(8)]) },
  ])("refuses gzip $name", async ({ bytes }) => {
    await expect(gather(decompressedStream(chunked(bytes, 1000)))).rejects.toMatchObject({
      code: "TAR_COMPRESSION_CORRUPT",
      data: { compression: "gzip" },
    });
  });

  it.each([gzipSync(text), text])("stops at maxBytes", async (bytes) => {
    const reading = gather(decompressedStream(chunked(bytes), { maxBytes: text.length - 1 }));
    await expect(reading).rejects.toMatchObject({ code: "TAR_LIMIT_EXCEEDED" });
    expect((await gather(decompressedStream(chunked(bytes), { maxBytes: text.length }))).length).toBe(
      text.length,
    );
  });

  it.each([
    { name: "gzip", packed: gzipSync(noise(1 << 20, 1)) },
    { name: "plain", packed: noise(1 << 20, 1) },
  ])("ends a $name source that is left early, and passes its failure on", async ({ packed }) => {
    let ended = 0;
    const failure = new Error("connection lost");
    async function* source(fails: "fails" | "holds"): AsyncGenerator<Uint8Array> {
      try {
        yield* chunked(packed.subarray(0, packed.length / 2), 1000);
        if (fails === "fails") throw failure;
        yield* chunked(packed.subarray(packed.length / 2), 1000);
      } finally {
        ended += 1;
      }
    }
    for await (const chunk of decompressedStream(source("holds"))) if (chunk.length > 0) break;
    expect(ended).toBe(1);
    await expect(gather(decompressedStream(source("fails")))).rejects.toBe(failure);
    expect(ended).toBe(2);
  });
});
