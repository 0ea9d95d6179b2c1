import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.js";
import type { LayerEntry } from "./layer-entry.js";
import { layerReader } from "./layer-reader.js";
import { unpackLayer } from "./unpack-layer.js";
import { writeLayer } from "./write-layer.js";

function file(path: string, bytes: Buffer): LayerEntry {
  let at = 0;
  const read = (target: Uint8Array): number => {
    const count = bytes.copy(target, 0, at);
    at += count;
    return count;
  };
  const meta = { mode: 0o644, uid: 0, gid: 0, mtimeSec: 1, xattrs: undefined };
  return { type: "file", path, ...meta, size: bytes.length, open: () => ({ read, close: () => undefined }) };
}

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function tarOf(entries: readonly LayerEntry[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await writeLayer(entries, async (chunk) => void chunks.push(Buffer.from(chunk)), { compression: "none" });
  return Buffer.concat(chunks);
}

describe("unpackLayer", () => {
  it.each([7_001, 65_536, 5_000_000])(
    "gives a blob whose files can be read alone, from chunks of %d",
    async (size) => {
      const large = Buffer.alloc(3_000_000, "large ");
      const tar = await tarOf([
        file("a", Buffer.from("first")),
        file("b", large),
        file("c", Buffer.from("last")),
      ]);
      const blob: Buffer[] = [];
      const written = await unpackLayer(
        inChunks(tar, size),
        async (chunk) => void blob.push(Buffer.from(chunk)),
      );
      expect(Buffer.concat(blob).equals(tar)).toBe(true);
      expect(written).toMatchObject({ digest: digestOf(tar), diffId: digestOf(tar), size: tar.length });
      expect(written.segments.map(({ rawSize }) => rawSize)).toEqual([
        1_048_576,
        1_048_576,
        tar.length - 2_097_152,
      ]);
      const reader = layerReader(
        (offset, length) => inChunks(tar.subarray(offset, offset + length), size),
        written.segments,
      );
      const found = await Promise.all(
        written.tree.entries.map(async (entry) => {
          if (entry.type !== "file") return "";
          const opened = reader.openFile(entry);
          const bytes = Buffer.alloc(entry.size);
          for (let at = 0; at < bytes.length; ) at += await opened.read(bytes.subarray(at));
          return digestOf(bytes) === entry.digest ? entry.path : `${entry.path} differs`;
        }),
      );
      expect(found).toEqual(["a", "b", "c"]);
    },
  );
});
