import { createHash } from "node:crypto";
import { type Digest, digestOf, parseDigest } from "@oci-build/oci";
import type { BlobSink, BlobSinkWriter } from "../../src/transfer/fetch-blobs.js";

/** Takes blobs into memory, and knows what was left open. */
export class MemorySink implements BlobSink {
  readonly blobs: Map<Digest, Buffer>;
  openWriters = 0;
  readonly #failAtByte: number;

  constructor(blobs: readonly Buffer[] = [], { failAtByte = Infinity } = {}) {
    this.blobs = new Map(blobs.map((bytes) => [digestOf(bytes), bytes]));
    this.#failAtByte = failAtByte;
  }

  async size(digest: Digest): Promise<number | undefined> {
    return this.blobs.get(digest)?.length;
  }

  async writer(): Promise<BlobSinkWriter> {
    this.openWriters++;
    const hash = createHash("sha256");
    const chunks: Buffer[] = [];
    let size = 0;
    let isOpen = true;
    const close = (): void => {
      if (isOpen) this.openWriters--;
      isOpen = false;
    };
    const digest = (): Digest => parseDigest(`sha256:${hash.copy().digest("hex")}`);
    return {
      digest,
      write: async (chunk) => {
        size += chunk.length;
        if (size > this.#failAtByte) throw new RangeError("the disk is full");
        hash.update(chunk);
        // The caller's again as soon as this is settled.
        chunks.push(Buffer.from(chunk));
      },
      commit: async (expected) => {
        if (expected !== digest()) throw new RangeError("committed something else");
        this.blobs.set(expected, Buffer.concat(chunks));
        close();
      },
      discard: async () => close(),
    };
  }
}
