import { createHash } from "node:crypto";
import { type Digest, type OpenFile, parseDigest } from "@oci-build/oci";

const bufferSize = 256 * 1024;

/** SHA-256 of what a file's reader gives. */
export async function hashReader(open: OpenFile): Promise<Digest> {
  const reader = await open();
  const hash = createHash("sha256");
  const buffer = new Uint8Array(bufferSize);
  try {
    for (;;) {
      const read = reader.read(buffer);
      const count = typeof read === "number" ? read : await read;
      if (count === 0) break;
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    await reader.close();
  }
  return parseDigest(`sha256:${hash.digest("hex")}`);
}
