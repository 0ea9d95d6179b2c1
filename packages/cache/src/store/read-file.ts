import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { cacheError } from "../errors.js";

/** Smaller files are read at once: to let a thread of libuv read one costs ten times as much as to read it. */
const AT_ONCE_BYTES = 128 * 1024;

/** All bytes of a store file, never more than a limit.
 * @throws OciBuildError CACHE_ENTRY_TOO_LARGE; system errors as they are */
export async function readBounded(path: string, limitBytes: number): Promise<Buffer> {
  return readAtOnce(path, limitBytes) ?? (await readInTurns(path, limitBytes));
}

/** The bytes of a small file, or undefined for a larger one. */
function readAtOnce(path: string, limitBytes: number): Buffer | undefined {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    if (size > limitBytes) throw tooLarge(path, size, limitBytes);
    if (size > AT_ONCE_BYTES) return undefined;
    const bytes = Buffer.allocUnsafeSlow(size);
    return bytes.subarray(0, readSync(file, bytes, 0, size, 0));
  } finally {
    closeSync(file);
  }
}

async function readInTurns(path: string, limitBytes: number): Promise<Buffer> {
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
