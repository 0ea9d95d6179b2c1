import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunked } from "../../test/byte-streams.js";
import { noise, plain } from "../../test/layer-entries.js";
import { encodeEntryHeader, type TarEntry } from "./entry-header.js";
import { readTar } from "./read-tar.js";
import { tarEntryOf } from "./tar-header.js";
import { TarHeaders } from "./tar-headers.js";
import { paddingBytes } from "./ustar-block.js";

function tarOf(sizes: readonly number[], name: (index: number) => string): Buffer {
  const blocks = sizes.flatMap((size, index) => [
    encodeEntryHeader({ type: "file", path: name(index), size, ...plain }),
    noise(size, index),
    Buffer.alloc(paddingBytes(size)),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** The members of a tar of which only pieces at the places asked for are given, and how many bytes those were. */
function readPieces(
  tar: Buffer,
  pieceBytes: number,
): { entries: TarEntry[]; offsets: number[]; bytes: number } {
  const headers = new TarHeaders();
  const entries: TarEntry[] = [];
  const offsets: number[] = [];
  let bytes = 0;
  while (!headers.isAtEnd && headers.position < tar.length) {
    const offset = headers.position;
    const piece = Buffer.from(tar.subarray(offset, offset + pieceBytes));
    bytes += piece.length;
    for (;;) {
      const header = headers.next(piece, offset);
      if (header === undefined) break;
      entries.push(tarEntryOf(header));
      offsets.push(headers.dataOffset);
    }
    // Whoever gives the pieces may read the next one into the same place.
    piece.fill(0xaa);
  }
  headers.finish(tar.length);
  return { entries, offsets, bytes };
}

describe("TarHeaders", () => {
  it("gives what readTar gives, whatever the pieces", async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 6 });
    const letters = fc.constantFrom("a", "ü", "n".repeat(300));
    await fc.assert(
      fc.asyncProperty(sizes, letters, fc.integer({ min: 1, max: 5000 }), async (all, letter, pieceBytes) => {
        const tar = tarOf(all, (index) => `${letter}${index}`);
        const found = readPieces(tar, pieceBytes);
        const expected = [];
        for await (const { entry, dataOffset } of readTar(chunked(tar))) expected.push([entry, dataOffset]);
        expect(found.entries.map((entry, index) => [entry, found.offsets[index]])).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it("asks for no data", () => {
    const tar = tarOf([1_000_000, 600, 2_000_000], (index) => `f${index}`);
    expect(readPieces(tar, 512).bytes).toBe(5 * 512);
  });
});
