import type { DirectoryEntry, FileReader, LayerFile, LayerWritten, WriteLayerOptions } from "../src/index.js";
import { writeLayer } from "../src/index.js";

/** Metadata of entries that are not about it. */
export const plain = { mode: 0o644, uid: 0, gid: 0, mtimeSec: 0 } as const;

/** A file of a layer with these bytes. */
export function fileOf(path: string, bytes: Uint8Array | string, more: Partial<LayerFile> = {}): LayerFile {
  const data = Buffer.from(bytes);
  return { type: "file", path, ...plain, size: data.length, open: () => bytesReader(data), ...more };
}

/** A directory of a layer. */
export function dirOf(path: string): DirectoryEntry {
  return { type: "directory", path, ...plain, mode: 0o755 };
}

/** Reads bytes at once, or by so many at a time. */
export function bytesReader(data: Uint8Array, atMost: number = Number.POSITIVE_INFINITY): FileReader {
  let offset = 0;
  return {
    read(target) {
      const count = Math.min(target.length, data.length - offset, atMost);
      target.set(data.subarray(offset, offset + count));
      offset += count;
      return count;
    },
    close() {
      offset = data.length;
    },
  };
}

/** A layer and its blob. */
export async function layerOf(
  entries: Parameters<typeof writeLayer>[0],
  options: WriteLayerOptions = {},
): Promise<LayerWritten & { readonly blob: Buffer }> {
  const chunks: Uint8Array[] = [];
  const written = await writeLayer(entries, (chunk) => void chunks.push(chunk), options);
  return { ...written, blob: Buffer.concat(chunks) };
}

/** Bytes that do not compress, the same for the same seed. */
export function noise(byteCount: number, seed: number): Buffer {
  const bytes = Buffer.alloc(byteCount);
  let state = seed + 1;
  for (let offset = 0; offset < byteCount; offset += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[offset] = state >>> 24;
  }
  return bytes;
}
