import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { planTree } from "./tree-plan.mjs";
import { wordStream } from "./word-stream.mjs";

const recipe = { files: 250, seed: 7, smallest: 100, largest: 20_000 };

const digestOfTree = (seed: number): string => {
  const hash = createHash("sha256");
  for (const { path, bytes } of planTree({ ...recipe, seed }))
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  return hash.digest("hex");
};

describe("planTree", () => {
  it("gives the same bytes for the same seed, on every machine and in every version", () => {
    expect(digestOfTree(7)).toBe("76ded040ab1ed3055a5c77c6f128094661cc41cb85e08f860ed58a1ca5bfed74");
    expect(digestOfTree(8)).not.toBe(digestOfTree(7));
  });

  it("gives as many files as asked for, each once, none of them like another", () => {
    const files = [...planTree(recipe)];
    expect(new Set(files.map(({ path }) => path)).size).toBe(recipe.files);
    expect(new Set(files.map(({ bytes }) => Buffer.from(bytes).toString("latin1"))).size).toBe(recipe.files);
  });

  it("keeps sizes between the smallest and the largest", () => {
    const sizes = [...planTree(recipe)].map(({ bytes }) => bytes.length);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(recipe.smallest);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(recipe.largest);
  });
});

describe("wordStream", () => {
  const MIB = 1024 ** 2;
  const fill = (seed: number, chunkBytes: number): Buffer => {
    const stream = wordStream(seed);
    return Buffer.concat(
      Array.from({ length: MIB / chunkBytes }, () => {
        const chunk = new Uint8Array(chunkBytes);
        stream.fill(chunk);
        return chunk;
      }),
    );
  };

  it("gives the same bytes for the same seed, however they are fetched", () => {
    const digest = createHash("sha256").update(fill(3, MIB)).digest("hex");
    expect(digest).toBe("12bdc2c25b9cebfa37afe4dd762bb378f740416a6d42d4eab373587a13ccc40a");
    expect(fill(3, 4096).equals(fill(3, MIB))).toBe(true);
  });

  it("is about half after gzip -6, and never repeats a block", () => {
    const bytes = fill(3, MIB);
    const share = gzipSync(bytes, { level: 6 }).length / bytes.length;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
    const blocks = Array.from({ length: MIB / 4096 }, (_, index) =>
      bytes.subarray(index * 4096, (index + 1) * 4096).toString("latin1"),
    );
    expect(new Set(blocks).size).toBe(blocks.length);
  });
});
