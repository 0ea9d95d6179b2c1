import { describe, expect, it } from "vitest";
import { chunked } from "../../test/byte-streams.js";
import { fileOf, layerOf, noise } from "../../test/layer-entries.js";
import { digestOf } from "../digest.js";
import type { FileReader } from "../entry.js";
import { layerReader, openLayerFile, type RangeSource } from "./layer-reader.js";
import type { TreeFile } from "./layer-tree.js";

const entries = [
  ...Array.from({ length: 200 }, (_, index) =>
    fileOf(`a${String(index).padStart(3, "0")}`, noise(index * 50, index)),
  ),
  fileOf("big", noise(2_500_000, 7)),
  fileOf("empty", ""),
];
const layer = await layerOf(entries);
const files = layer.tree.entries.filter((entry): entry is TreeFile => entry.type === "file");
const named = (path: string): TreeFile =>
  files.find((file) => file.path === path) ?? expect.unreachable(path);

/** A blob that counts how often it is read. */
function countedSource(blob: Uint8Array): { source: RangeSource; reads: () => number } {
  let reads = 0;
  return {
    source: (offset, length) => {
      reads += 1;
      return chunked(blob.subarray(offset, offset + length), 1000);
    },
    reads: () => reads,
  };
}

async function readAll(reader: FileReader, atMost: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const target = Buffer.alloc(atMost);
    const count = await reader.read(target);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(target.subarray(0, count));
  }
}

describe("layerReader", () => {
  it("gives each file's bytes, and decodes each segment once when files are read in order", async () => {
    const { source, reads } = countedSource(layer.blob);
    const reader = layerReader(source, layer.segments);
    for (const [index, file] of files.entries()) {
      const expected = entries[index]?.open();
      const found = await readAll(reader.openFile(file), 100_000);
      expect(found.equals(await readAll((await expected) ?? expect.unreachable(), 100_000))).toBe(true);
    }
    // The last segment, padding and the end, holds no file's bytes.
    expect([layer.segments.length, layer.segments.length - 1]).toContain(reads());
  });

  it("answers without waiting once a segment is decoded", async () => {
    const reader = layerReader(countedSource(layer.blob).source, layer.segments);
    const [first, second] = [reader.openFile(named("a001")), reader.openFile(named("a002"))];
    expect(first.read(Buffer.alloc(9))).toBeInstanceOf(Promise);
    await first.read(Buffer.alloc(9));
    expect(second.read(Buffer.alloc(9))).toBe(9);
  });

  it("reads a segment once for two readers at the same time", async () => {
    const { source, reads } = countedSource(layer.blob);
    const reader = layerReader(source, layer.segments);
    await Promise.all([
      readAll(reader.openFile(named("a001")), 10),
      readAll(reader.openFile(named("a002")), 10),
    ]);
    expect(reads()).toBe(1);
  });

  it("gives 0 at the end, for an empty file, and after close", () => {
    const reader = openLayerFile(countedSource(layer.blob).source, layer.segments, named("empty"));
    expect(reader.read(Buffer.alloc(9))).toBe(0);
    const closed = openLayerFile(countedSource(layer.blob).source, layer.segments, named("big"));
    void closed.close();
    expect(closed.read(Buffer.alloc(9))).toBe(0);
  });

  it.each([
    { name: "a changed byte", change: (blob: Buffer) => blob.fill(0, 5000, 5001) },
    { name: "a cut blob", change: (blob: Buffer) => blob.subarray(0, 5000) },
  ])("finds $name", async ({ change }) => {
    const { source } = countedSource(change(Buffer.from(layer.blob)));
    const reader = layerReader(source, layer.segments);
    const reading = (async () => {
      for (const file of files) await readAll(reader.openFile(file), 100_000);
    })();
    await expect(reading).rejects.toMatchObject({ code: "LAYER_SEGMENT_CORRUPT", exitCode: 3 });
  });

  it.each([
    {
      name: "other compressed bytes than the table says, though they unpack",
      change: { digest: digestOf("other") },
    },
    { name: "other raw bytes than the table says", change: { rawCrc32: 1 } },
    { name: "another raw size", change: { rawSize: 4_000_000 } },
    { name: "an absurd size", change: { size: 2 ** 40 } },
    { name: "an absurd raw size", change: { rawSize: 2 ** 40 } },
  ])("finds $name", async ({ change }) => {
    const segments = layer.segments.map((segment) => ({ ...segment, ...change }));
    const reader = openLayerFile(countedSource(layer.blob).source, segments, named("a001"));
    await expect((async () => reader.read(Buffer.alloc(9)))()).rejects.toMatchObject({
      code: "LAYER_SEGMENT_CORRUPT",
    });
  });

  it("finds a file that lies in no segment", () => {
    const reader = openLayerFile(countedSource(layer.blob).source, [], named("a001"));
    expect(() => reader.read(Buffer.alloc(9))).toThrow(
      expect.objectContaining({ code: "LAYER_SEGMENT_CORRUPT" }),
    );
  });

  it("tries again after a failure", async () => {
    let fail = true;
    const source: RangeSource = (offset, length) => {
      if (fail) throw new Error("not now");
      return chunked(layer.blob.subarray(offset, offset + length));
    };
    const reader = openLayerFile(source, layer.segments, named("a001"));
    await expect((async () => reader.read(Buffer.alloc(9)))()).rejects.toThrow("not now");
    fail = false;
    expect(await reader.read(Buffer.alloc(9))).toBe(9);
  });
});
