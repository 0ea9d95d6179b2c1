import type { BlobStore } from "@oci-build/cache";
import type { Digest } from "@oci-build/oci";

/** The same chunks, which become a blob of the store once all of them were read and had the digest. */
export async function* keepingBlob(
  chunks: AsyncIterable<Uint8Array>,
  {
    blobs,
    digest,
    signal,
  }: {
    readonly blobs: Pick<BlobStore, "writer">;
    readonly digest: Digest;
    readonly signal: AbortSignal | undefined;
  },
): AsyncGenerator<Uint8Array> {
  const writer = await blobs.writer();
  try {
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      await writer.write(chunk);
      yield chunk;
    }
    await writer.commit(digest);
  } finally {
    await writer.discard();
  }
}
