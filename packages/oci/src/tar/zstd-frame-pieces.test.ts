import { describe, expect, it } from "vitest";
import { chunked, gather } from "../../test/byte-streams.js";
import { zstdFramePieces } from "./zstd-frame-pieces.js";

const MAGIC = "28b52ffd";
/** One frame each, by hand: magic, descriptor, rest of the header, blocks, checksum. */
const frames = [
  { name: "a raw block, size of one byte", hex: `${MAGIC}20 03 190000 616263` },
  { name: "a window, no size, two blocks", hex: `${MAGIC}00 58 180000 616263 190000 616263` },
  { name: "a checksum", hex: `${MAGIC}24 03 190000 616263 11223344` },
  { name: "a block of one repeated byte", hex: `${MAGIC}20 ff fb0700 61` },
  { name: "an empty last block", hex: `${MAGIC}00 58 010000` },
  {
    name: "a dictionary and a size of eight bytes",
    hex: `${MAGIC}e3 01020304 0300000000000000 190000 616263`,
  },
  { name: "a window and a size of two bytes", hex: `${MAGIC}40 58 0300 190000 616263` },
  { name: "what readers skip", hex: "5f2a4d18 02000000 ffff" },
  { name: "nothing that readers skip", hex: "502a4d18 00000000" },
].map(({ name, hex }) => ({ name, bytes: Buffer.from(hex.replaceAll(" ", ""), "hex") }));

async function pieces(bytes: Uint8Array, chunkBytes: number): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const piece of zstdFramePieces(chunked(bytes, chunkBytes))) found.push(Buffer.from(piece));
  return found;
}

/** Where each of some joined parts ends. */
function endsOf(parts: readonly Uint8Array[]): number[] {
  return parts.map((_, index) => parts.slice(0, index + 1).reduce((sum, part) => sum + part.length, 0));
}

describe("zstdFramePieces", () => {
  it.each(frames)("ends a piece where a frame with $name ends", async ({ bytes }) => {
    const next = Buffer.from(`${MAGIC}2003`, "hex");
    expect(await pieces(Buffer.concat([bytes, next]), 1000)).toEqual([bytes, next]);
  });

  it.each([1, 2, 3, 5, 7, 11])(
    "finds every end in chunks of %i bytes, and changes no byte",
    async (chunkBytes) => {
      const all = Buffer.concat(frames.map(({ bytes }) => bytes));
      const found = await pieces(all, chunkBytes);
      expect(Buffer.concat(found).equals(all)).toBe(true);
      expect(endsOf(found)).toEqual(expect.arrayContaining(endsOf(frames.map(({ bytes }) => bytes))));
    },
  );

  it("passes on what is no zstd", async () => {
    const bytes = Buffer.from("no zstd at all, of some length");
    expect((await gather(zstdFramePieces(chunked(bytes, 4)))).equals(bytes)).toBe(true);
  });
});
