import type { Digest } from "../digest.js";

/** Gives blobs by digest. A read is verified by the source: it fails, at its end at the latest, when the bytes do
 * not have the digest. The reader may stop early. */
export interface BlobSource {
  read(digest: Digest): AsyncIterable<Uint8Array>;
}

/** Takes bytes in order. All of a chunk is taken when `write` resolves; the chunk may be reused after that. */
export interface ByteSink {
  write(chunk: Uint8Array): Promise<unknown> | undefined;
}
