import type { Digest } from "../digest.js";

/** Gives blobs by digest. A read is verified by the source: it fails, at its end at the latest, when the bytes do
 * not have the digest. The reader may stop early. */
export interface BlobSource {
  read(digest: Digest): AsyncIterable<Uint8Array>;
}

/** Takes bytes in order. The next chunk comes when the promise of the last has resolved. */
export type ByteSink = (chunk: Uint8Array) => void | Promise<void>;
