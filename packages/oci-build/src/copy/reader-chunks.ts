import type { FileReader } from "@oci-build/oci";

const CHUNK_BYTES = 256 * 1024;

/** A file's bytes as a stream. The file is opened when the first chunk is asked for, and closed at the end. */
export async function* readerChunks(
  open: () => FileReader | Promise<FileReader>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = await open();
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const count = await reader.read(chunk);
      if (count === 0) return;
      yield chunk.subarray(0, count);
    }
  } finally {
    await reader.close();
  }
}
