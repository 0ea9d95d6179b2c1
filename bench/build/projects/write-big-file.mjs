import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { wordStream } from "./word-stream.mjs";

const CHUNK_BYTES = 1024 * 1024;

/** @param {string} folder @param {{ bytes: number, seed: number }} recipe */
export function writeBigFile(folder, { bytes, seed }) {
  mkdirSync(folder, { recursive: true });
  const file = openSync(join(folder, "data.bin"), "w");
  const stream = wordStream(seed);
  const chunk = new Uint8Array(CHUNK_BYTES);
  try {
    for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
      stream.fill(chunk);
      writeSync(file, chunk, 0, Math.min(left, CHUNK_BYTES));
    }
  } finally {
    closeSync(file);
  }
}
