import { constants } from "node:fs";
import type { ContextFileSystem } from "@oci-build/snapshot";

const CHUNK_BYTES = 64 * 1024;

/** A file's bytes, or undefined where there is none. Reads at most one byte more than the limit, so that the caller
 * sees by the length that it was passed. */
export function readSmallFile(fs: ContextFileSystem, path: string, limitBytes: number): Buffer | undefined {
  const fd = openIfThere(fs, path);
  if (fd === undefined) return undefined;
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    while (size <= limitBytes) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, limitBytes + 1 - size));
      const count = fs.readSync(fd, chunk, 0, chunk.length, null);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      size += count;
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") return undefined;
    throw error;
  } finally {
    fs.closeSync(fd);
  }
}

function openIfThere(fs: ContextFileSystem, path: string): number | undefined {
  try {
    return fs.openSync(path, constants.O_RDONLY);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
