// node copy-file.mjs SOURCE DESTINATION: reads a file once, hashes it and writes a copy. Prints its SHA-256.
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, writeSync } from "node:fs";

const CHUNK_BYTES = 1024 * 1024;
const source = openSync(process.argv[2], "r");
const destination = openSync(process.argv[3], "w");
const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
const hash = createHash("sha256");
for (;;) {
  const length = readSync(source, chunk);
  if (length === 0) break;
  hash.update(chunk.subarray(0, length));
  writeSync(destination, chunk, 0, length);
}
closeSync(source);
closeSync(destination);
console.log(hash.digest("hex"));
