import { createHash, type Hash, hash as hashOnce } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { checkUnchanged, openScanned, readScanned, type ScannedFile } from "./open-scanned-file.js";

const MiB = 1024 * 1024;

/** Larger files are hashed in turns of the event loop, so that a signal is noticed and progress is shown. */
const largeFile = 8 * MiB;

/** Bytes read at once. */
export const HASH_BUFFER_SIZE: number = MiB;

/** SHA-256, in hex, of a file that a scan has seen, read through the given buffer. A promise only for large files.
 * One fstat after the last byte is enough: when it equals the scanned stat, nothing changed in between.
 * @throws OciBuildError SNAPSHOT_FILE_CHANGED, SNAPSHOT_FILE_UNREADABLE */
export function hashScannedFile(file: ScannedFile, buffer: Uint8Array): string | Promise<string> {
  const size = file.table.columns.size[file.row] ?? 0;
  if (size > largeFile) return hashInTurns(file, size);
  const fd = openScanned(file);
  try {
    return hashAtOnce(file, fd, size, buffer);
  } finally {
    file.fs.closeSync(fd);
  }
}

function hashAtOnce(file: ScannedFile, fd: number, size: number, buffer: Uint8Array): string {
  if (size <= buffer.length) {
    for (let read = 0; read < size; ) read += readScanned(file, fd, buffer.subarray(read), size - read);
    checkUnchanged(file, fd);
    return hashOnce("sha256", buffer.subarray(0, size), "hex");
  }
  const hash = createHash("sha256");
  for (let read = 0; read < size; ) read += feed(file, fd, hash, buffer, size - read);
  checkUnchanged(file, fd);
  return hash.digest("hex");
}

async function hashInTurns(file: ScannedFile, size: number): Promise<string> {
  const fd = openScanned(file);
  const buffer = new Uint8Array(HASH_BUFFER_SIZE);
  try {
    checkUnchanged(file, fd);
    const hash = createHash("sha256");
    for (let read = 0; read < size; ) {
      read += feed(file, fd, hash, buffer, size - read);
      if (read % largeFile === 0) await nextTurn();
    }
    checkUnchanged(file, fd);
    return hash.digest("hex");
  } finally {
    file.fs.closeSync(fd);
  }
}

function feed(file: ScannedFile, fd: number, hash: Hash, buffer: Uint8Array, remaining: number): number {
  const count = readScanned(file, fd, buffer, Math.min(buffer.length, remaining));
  hash.update(count === buffer.length ? buffer : buffer.subarray(0, count));
  return count;
}
