import type { FileHandle } from "node:fs/promises";
import type { ByteRange } from "./layout-files.js";

/** Reads of files are made in pieces of this size. */
const CHUNK_BYTES: number = 256 * 1024;

/** The bytes of a part of an open file, each chunk in memory of its own. Ends early where the file does. */
export async function* readRange(
  handle: FileHandle,
  { offset, length = Number.POSITIVE_INFINITY }: ByteRange,
): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < length; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, length - done));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, offset + done);
    if (bytesRead === 0) return;
    done += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}
