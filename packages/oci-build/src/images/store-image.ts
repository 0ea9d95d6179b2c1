import type { Cache } from "@oci-build/cache";
import type { StoredDocument } from "@oci-build/oci";
import { type FetchedBlob, fetchBlobs, type TransferProgress } from "@oci-build/registry";
import type { ImageParts } from "./image-content.js";

/** How an image is put into the local store. */
export interface StoreOptions {
  readonly cache: Pick<Cache, "blobs" | "tagImage">;
  readonly signal: AbortSignal | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** Puts an image into the local store, with all that it consists of, and gives it a name. The name comes last, so that
 * nothing is named that is not whole. Gives what became of its blobs.
 * @throws OciBuildError those of the source and of the store */
export async function storeImage(
  { root, documents, blobs, source, repositories }: ImageParts,
  name: string,
  { cache, signal, onProgress }: StoreOptions,
): Promise<readonly FetchedBlob[]> {
  const [repository = { registry: "", repository: name }] = repositories;
  const from = { name: repository, read: source.read.bind(source) };
  const fetched = await fetchBlobs(from, blobs, { sink: cache.blobs, signal, onProgress });
  for (const document of documents) await storeDocument(document, cache);
  await cache.tagImage(name, root);
  return fetched;
}

async function storeDocument(
  { descriptor, bytes }: StoredDocument,
  { blobs }: Pick<Cache, "blobs">,
): Promise<void> {
  if ((await blobs.size(descriptor.digest)) === descriptor.size) return;
  await using writer = await blobs.writer();
  await writer.write(bytes);
  await writer.commit(descriptor.digest);
}
