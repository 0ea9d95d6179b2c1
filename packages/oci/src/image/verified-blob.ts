import { createHash } from "node:crypto";
import type { Digest } from "../digest.js";
import { ociError } from "../errors.js";
import { tooLarge } from "../json/decode-json.js";
import type { BlobSource } from "./blob-source.js";
import type { Descriptor } from "./descriptor.js";

/** The same chunks, failing as soon as they are more than `size` bytes, and at the end when they are fewer.
 * @throws OciBuildError OCI_BLOB_SIZE_MISMATCH */
export async function* sizedBlob(
  chunks: AsyncIterable<Uint8Array>,
  { digest, size }: Pick<Descriptor, "digest" | "size">,
): AsyncGenerator<Uint8Array> {
  let found = 0;
  for await (const chunk of chunks) {
    found += chunk.length;
    if (found > size) throw wrongSize(digest, size, found);
    yield chunk;
  }
  if (found !== size) throw wrongSize(digest, size, found);
}

/** The same chunks, failing at the end when they do not have the digest.
 * @throws OciBuildError OCI_BLOB_DIGEST_MISMATCH */
export async function* hashedBlob(
  chunks: AsyncIterable<Uint8Array>,
  digest: Digest,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  const found = `sha256:${hash.digest("hex")}`;
  if (found === digest) return;
  throw ociError("OCI_BLOB_DIGEST_MISMATCH", {
    message: `blob ${digest} has the digest ${found}`,
    data: { expected: digest, found },
  });
}

/** All bytes of a small blob. Never reads past the stated size; size and digest are checked.
 * @throws OciBuildError OCI_DOCUMENT_TOO_LARGE, OCI_BLOB_SIZE_MISMATCH, OCI_BLOB_DIGEST_MISMATCH */
export async function readBlob(blobs: BlobSource, descriptor: Descriptor, maxBytes: number): Promise<Buffer> {
  const { digest, size, mediaType } = descriptor;
  if (size > maxBytes) throw tooLarge(`${mediaType} ${digest}`, size, maxBytes);
  const chunks: Uint8Array[] = [];
  for await (const chunk of hashedBlob(sizedBlob(blobs.read(digest), descriptor), digest)) {
    chunks.push(Uint8Array.from(chunk));
  }
  return Buffer.concat(chunks);
}

function wrongSize(digest: Digest, expected: number, found: number): Error {
  return ociError("OCI_BLOB_SIZE_MISMATCH", {
    message: `blob ${digest} has ${found > expected ? "more than " : ""}${Math.min(found, expected)} bytes, expected ${expected}`,
    data: { digest, expected, found },
  });
}
