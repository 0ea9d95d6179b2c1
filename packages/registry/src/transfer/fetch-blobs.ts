import type { Descriptor, Digest } from "@oci-build/oci";
import { digestMismatch } from "../client/registry-failures.js";
import type { ReadBlobOptions, Repository } from "../client/repository.js";
import { BatchWriter } from "./batch-writer.js";
import { withForeignPlace } from "./foreign-blob.js";
import { pastMirrors } from "./past-mirrors.js";
import { runPool } from "./run-pool.js";
import { CONCURRENCY_DEFAULT, inTransferOrder, type TransferOptions } from "./transfer-progress.js";

type BlobReader = Pick<Repository, "name" | "read">;
type Blob = Pick<Descriptor, "digest" | "size" | "urls">;

/** Where fetched blobs go; a `BlobStore` of `@oci-build/cache` is one. */
export interface BlobSink {
  /** Bytes as stored, or undefined when it is not there: it is fetched then. */
  size(digest: Digest): Promise<number | undefined>;
  writer(): Promise<BlobSinkWriter>;
}

/** Takes one blob. A chunk is the caller's again once its promise is settled. Nothing is visible before `commit`. */
export interface BlobSinkWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** Of all chunks so far: the sink hashes, so that it is done once. */
  digest(): Digest;
  commit(expected: Digest): Promise<unknown>;
  discard(): Promise<void>;
}

/** A blob that is there now. */
export interface FetchedBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly outcome: "present" | "fetched";
}

/** Fetches those of some blobs that are missing, several at a time and the largest first. Each is verified, its size
 * too. When one fails the others stop, and none of them is left half-written.
 * @throws OciBuildError those of `Repository.read` and of the sink */
export async function fetchBlobs(
  source: BlobReader,
  wanted: readonly Blob[],
  { sink, concurrency = CONCURRENCY_DEFAULT, signal, onProgress }: FetchOptions,
): Promise<readonly FetchedBlob[]> {
  const fetched: FetchedBlob[] = [];
  await runPool(inTransferOrder(wanted), { concurrency, signal }, async (blob, stop) => {
    const { digest, size } = blob;
    const isThere = (await sink.size(digest)) === size;
    if (!isThere) await fetchBlob(source, blob, { sink, signal: stop, onProgress });
    fetched.push({ digest, size, outcome: isThere ? "present" : "fetched" });
  });
  return fetched;
}

/** How blobs are fetched. */
export interface FetchOptions extends TransferOptions {
  readonly sink: BlobSink;
}

async function fetchBlob(source: BlobReader, blob: Blob, options: FetchOptions): Promise<void> {
  try {
    await pastMirrors(({ mirrors }) => copyBlob(source, blob, { ...options, mirrors }));
  } catch (error) {
    throw withForeignPlace(error, blob);
  }
}

async function copyBlob(
  source: BlobReader,
  { digest, size }: Blob,
  { sink, signal, onProgress, mirrors }: FetchOptions & Pick<ReadBlobOptions, "mirrors">,
): Promise<void> {
  const writer = await sink.writer();
  const batches = new BatchWriter((batch) => writer.write(batch), size);
  try {
    let doneBytes = 0;
    for await (const chunk of source.read(digest, undefined, { size, signal, mirrors, verify: "reader" })) {
      await batches.add(chunk);
      doneBytes += chunk.length;
      onProgress?.({ digest, size, doneBytes });
    }
    await batches.finish();
    const found = writer.digest();
    if (found !== digest) throw digestMismatch(source.name, digest, found);
    await writer.commit(digest);
  } catch (error) {
    await batches.settle();
    await writer.discard();
    throw error;
  }
}
