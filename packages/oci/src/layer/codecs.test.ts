import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { chunked, gather } from "../../test/byte-streams.js";
import { dirOf, fileOf, layerOf, noise } from "../../test/layer-entries.js";
import { memorySegments } from "../../test/memory-segments.js";
import { digestOf } from "../digest.js";
import { decompressedStream } from "../tar/decompressed-stream.js";
import { LARGE_FILE_BYTES } from "./cut-policy.js";
import { layerReader } from "./layer-reader.js";
import type { TreeFile } from "./layer-tree.js";
import { nodeZstd } from "./node-zstd.js";
import { readLayerTree } from "./read-layer-tree.js";

const hasZstd = nodeZstd() !== undefined;
const hasProgram = spawnSync("zstd", ["--version"]).error === undefined;

const entries = [
  dirOf("a"),
  ...Array.from({ length: 100 }, (_, index) =>
    fileOf(`a/${String(index).padStart(3, "0")}`, `text ${index} `.repeat(99)),
  ),
  fileOf("b", noise(2 * LARGE_FILE_BYTES, 1)),
];

const compressions = [
  { compression: "none", mediaType: "application/vnd.oci.image.layer.v1.tar" },
  { compression: "gzip", mediaType: "application/vnd.oci.image.layer.v1.tar+gzip" },
  { compression: "zstd", mediaType: "application/vnd.oci.image.layer.v1.tar+zstd" },
] as const;

describe.each(compressions)("a layer in $compression", ({ compression, mediaType }) => {
  const isMissing = compression === "zstd" && !hasZstd;

  it.skipIf(isMissing)("unpacks to the tar of its diffId (skipped without zstd in Node)", async () => {
    const layer = await layerOf(entries, { compression });
    const tar = await gather(decompressedStream(chunked(layer.blob)));
    const plain = await layerOf(entries, { compression: "none" });
    expect(tar.equals(plain.blob)).toBe(true);
    expect(layer).toMatchObject({
      mediaType,
      diffId: digestOf(tar),
      digest: digestOf(layer.blob),
      size: layer.blob.length,
    });
    expect(await readLayerTree(chunked(tar))).toEqual(layer.tree);
    expect(new Set(layer.segments.map((segment) => segment.compression))).toEqual(new Set([compression]));
  });

  it.skipIf(isMissing)("gives each file from its segments alone (skipped without zstd in Node)", async () => {
    const { blob, segments, tree } = await layerOf(entries, { compression });
    const reader = layerReader((offset, length) => chunked(blob.subarray(offset, offset + length)), segments);
    for (const file of tree.entries.filter((entry): entry is TreeFile => entry.type === "file")) {
      const parts: Buffer[] = [];
      const opened = reader.openFile(file);
      for (let count = -1; count !== 0; ) {
        const part = Buffer.alloc(100_000);
        count = await opened.read(part);
        parts.push(part.subarray(0, count));
      }
      expect(digestOf(Buffer.concat(parts))).toBe(file.digest);
    }
  });

  it.skipIf(isMissing)("is copied whole from an earlier one (skipped without zstd in Node)", async () => {
    const first = await layerOf(entries, { compression });
    const second = await layerOf(entries, { compression, reuse: memorySegments(first) });
    expect([second.digest, second.work.segmentsCompressed]).toEqual([first.digest, 0]);
  });
});

describe("zstd", () => {
  it.skipIf(!hasZstd || !hasProgram)(
    "is one sound stream to the program zstd, of frames that tell their size (skipped without zstd)",
    async () => {
      const { blob, segments, diffId } = await layerOf(entries, { compression: "zstd" });
      const { status, stdout } = spawnSync("zstd", ["-dc"], { input: blob, maxBuffer: 1 << 26 });
      expect([status, digestOf(stdout)]).toEqual([0, diffId]);
      for (const { offset } of segments) {
        // The flag of a checksum, and a content size of one byte or more.
        expect((blob[offset + 4] ?? 0) & 0b100).toBe(0b100);
        expect((blob[offset + 4] ?? 0) & 0b11100000).not.toBe(0);
      }
    },
  );

  it.skipIf(hasZstd)(
    "is refused where Node has none, by the name of the Node that has it (skipped where it has)",
    async () => {
      const writing = layerOf(entries, { compression: "zstd" });
      await expect(writing).rejects.toMatchObject({
        code: "LAYER_ZSTD_UNAVAILABLE",
        exitCode: 3,
        message: expect.stringContaining("22.15"),
      });
    },
  );
});

describe("levels", () => {
  it.each([
    { compression: "gzip", level: -1 },
    { compression: "gzip", level: 10 },
    { compression: "gzip", level: 1.5 },
    { compression: "gzip", level: Number.NaN },
    { compression: "zstd", level: 0 },
    { compression: "zstd", level: 23 },
    { compression: "none", level: 1 },
  ] as const)("of $compression are not $level", async ({ compression, level }) => {
    await expect(layerOf(entries, { compression, level })).rejects.toMatchObject({
      code: "LAYER_LEVEL_INVALID",
      exitCode: 1,
    });
  });
});
