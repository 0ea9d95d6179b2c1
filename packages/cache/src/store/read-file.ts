import { open } from "node:fs/promises";
import { cacheError } from "../errors.js";

/** All bytes of a store file, never more than a limit.
 * @throws OciBuildError CACHE_ENTRY_TOO_LARGE; system errors as they are */
export async function readBounded(path: string, limitBytes: number): Promise<Buffer> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    if (size > limitBytes) throw tooLarge(path, size, limitBytes);
    const bytes = Buffer.allocUnsafeSlow(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

/** The error for an entry over its limit. */
export function tooLarge(path: string, bytes: number, limitBytes: number): Error {
  return cacheError("CACHE_ENTRY_TOO_LARGE", {
    message: `the cache entry ${path} has ${bytes} bytes, more than ${limitBytes}`,
    data: { path, bytes, limitBytes },
  });
}
